"""The coarse map: towns and islands are on land, the middle of oceans is not."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin import plans
from huiyin.domain.plans.grounds import Point
from huiyin.domain.plans.land import parse

ON_LAND = {
    "Jinan": (36.67, 117.0),
    "Sanya": (18.25, 109.5),
    "Honolulu": (21.3, -157.86),
    "Reykjavik": (64.15, -21.94),
    "Suva": (-18.14, 178.44),
    "Ushuaia": (-54.8, -68.3),
    "Malé": (4.17, 73.51),
    "Jamestown": (-15.92, -5.72),
    "South Pole": (-90.0, 0.0),
    "London": (51.5, -0.12),
}
AT_SEA = {
    "Gulf of Guinea": (-2.0, -2.0),
    "North Pacific": (36.7, 147.3),
    "South China Sea": (18.0, 115.0),
    "Southern Ocean": (-60.0, 100.0),
    "North Pole": (90.0, 0.0),
    # Rows that polygons across the date line (Fiji, Chukotka) must not fill.
    "South Pacific": (-16.0, -110.0),
    "Norwegian Sea": (72.0, 10.0),
    "Bay of Bengal": (15.0, 88.0),
}


def _point(pair: tuple[float, float]) -> Point:
    return Point(Decimal(str(pair[0])), Decimal(str(pair[1])))


@pytest.mark.parametrize("name", ON_LAND)
def test_where_people_live_is_land(name: str) -> None:
    assert not plans.land().at_sea(_point(ON_LAND[name]))


@pytest.mark.parametrize("name", AT_SEA)
def test_the_open_ocean_is_sea(name: str) -> None:
    assert plans.land().at_sea(_point(AT_SEA[name]))


@given(st.decimals(-90, 90, places=3), st.decimals(-180, 180, places=3))
def test_every_point_has_an_answer_and_the_date_line_joins(north: Decimal, east: Decimal) -> None:
    land = plans.land()
    assert land.at_sea(Point(north, east)) in (True, False)
    assert land.at_sea(Point(north, Decimal(180))) == land.at_sea(Point(north, Decimal(-180)))


def test_a_grid_of_the_wrong_size_is_refused() -> None:
    with pytest.raises(ValueError, match="rows"):
        parse("720\n")
    with pytest.raises(ValueError, match="cells"):
        parse("1 2 3\n" * 360)
