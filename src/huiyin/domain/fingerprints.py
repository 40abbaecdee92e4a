"""A fingerprint that people can read aloud: twelve words for the first bytes of a root hash.

Two fixed lists of 256, one word a byte, for notice boards, phones and paper. The lists must never
change, or old notices would say something else; a test pins them. Twelve bytes show a changed
register to everyday comparison; whoever needs full strength compares the checkpoint itself,
which stands beside the words as text and as a QR code.
"""

from __future__ import annotations

from huiyin.domain.errors import Refusal

LENGTH = 12

# Everyday nouns, none the beginning or a likely mishearing of another.
_NOUNS = """
acorn amber anchor apple apron arrow autumn badge baker bamboo banjo barley
basin basket beacon beaver bench berry bishop blanket bonnet border bottle branch
bread brick bridge broom bucket butter button cabin cable cactus camel canal
candle canyon carbon carpet castle cedar cellar cello chalk cherry chimney circle
citrus clover coffee comet compass copper coral corner cotton cradle crane crayon
cricket crystal curtain cushion daisy dancer desert diamond dinner dolphin donkey dragon
drawer eagle early easel echo elbow elephant ember engine fabric falcon farmer
feather fern fiddle finger flute forest fossil fountain fox frost galaxy garden
garlic gate giant ginger glacier glove goat granite grape guitar hammer harbor
harvest hazel hedge helmet heron honey horizon hotel iceberg igloo indigo ink
iris island ivory jacket jaguar jasmine jelly jewel jungle kettle kitchen kite
ladder lagoon lamp lantern lemon library lily linen lion lizard lobster lotus
magnet maple marble meadow melon mirror mitten monkey moss mountain mule museum
mushroom music napkin needle nest nickel noodle north nutmeg oasis ocean olive
onion opal orange orchid organ otter oven owl oyster paddle palace panda
paper parrot peach pebble pelican pencil penguin pepper piano pigeon pillow pine
planet plum pocket pond poppy potato prairie pumpkin puzzle quartz quilt rabbit
radish raven ribbon river robin rocket rose saddle sailor salmon sandal satin
school shadow silver sister slipper spider spoon squirrel stable summer sunset table
tailor temple thunder tiger timber tomato tower tractor tulip tunnel turtle umbrella
valley velvet village violin walnut water whale wheat willow window winter wolf
yellow yogurt zebra zipper
"""
ENGLISH = tuple(_NOUNS.split())

# Characters of everyday use that are written alike in simplified and traditional Chinese.
CHINESE = tuple(
    "山水火木土石田天日月星雨雪冰河江海湖泉池林森竹松柏梅花草果米瓜豆"
    "茶酒油牛羊兔鹿犬虎狐猴象鼠蛇蛙人口手足耳目心身首舌牙皮毛羽肉血子"
    "女父母兄弟姊妹友夫妻工匠王兵民官主客童春夏秋冬早晚夕今古年刀弓斧"
    "刃杯盆瓶碗盒床桌椅梯笛鼓琴棋衣巾帽袖袋扇梳屋房室宅井亭塔城市村巷"
    "街路坡崖洞原野沙泥灰光影色白黑青大小高低方正中央左右前上下西南北"
    "二三四五六七八九百千金玉珠晶立坐行走跑跳站拍打拉推抱拿放看望想念"
    "思知信言文字典章句先共同合分切割收取得失去回往返出住居止沉浮流浸"
    "洗染刷吃咬吸叫笑哭唱和平安定吉祥孝忠仁美善良真空明亮清冷暖寒甘甜"
)

LISTS = {"en": ENGLISH, "zh": CHINESE}


def words_of(root: bytes, language: str) -> tuple[str, ...]:
    """The twelve words of a root hash; ``language`` is "en" or a tag that begins with "zh".

    Raises Refusal("fingerprint-too-short") for fewer than twelve bytes.
    """
    if len(root) < LENGTH:
        raise Refusal("fingerprint-too-short", length=len(root), needed=LENGTH)
    chosen = LISTS["zh" if language.startswith("zh") else "en"]
    return tuple(chosen[byte] for byte in root[:LENGTH])


def bytes_of(words: str, language: str) -> bytes:
    """The first twelve bytes that the words stand for, however they are spaced or written large.

    Raises Refusal("fingerprint-word-unknown") naming the first word that is on no list, or
    Refusal("fingerprint-too-short").
    """
    chinese = language.startswith("zh")
    chosen = LISTS["zh" if chinese else "en"]
    given = [c for c in words if not c.isspace()] if chinese else words.lower().split()
    for word in given:
        if word not in chosen:
            raise Refusal("fingerprint-word-unknown", word=word[:30])
    if len(given) != LENGTH:
        raise Refusal("fingerprint-too-short", length=len(given), needed=LENGTH)
    return bytes(chosen.index(word) for word in given)
