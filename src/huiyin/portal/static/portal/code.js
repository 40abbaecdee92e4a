// A link or square from a receipt carries the code behind "#", which browsers do not send.
// The code is put into the box and taken out of the address and the history at once. A slip is
// told by the check letter before the server is asked (domain/receipts.py has the arithmetic);
// what is no letter of a code at all, the server tells with its place.
(() => {
  'use strict'
  const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
  const ALIKE = { O: '0', I: '1', L: '1' }
  const LENGTH = 25
  const box = document.getElementById('id_code')

  const take = () => {
    const code = location.hash.slice(1).replace(/%20/g, ' ')
    if (!/^[0-9A-Za-z -]{20,40}$/.test(code)) return
    history.replaceState(null, '', location.pathname)
    if (!box) return
    box.value = code
    box.focus()
  }
  window.addEventListener('hashchange', take)
  take()
  if (!box) return

  const lettersOf = typed => [...typed.normalize('NFKC').toUpperCase()]
    .filter(letter => !/[\p{Pd}\p{Pc}\p{Z}\p{Cf}\s\u2212\u00b7.]/u.test(letter))
    .map(letter => ALIKE[letter] ?? letter)

  // The parity sum over GF(32) with x^5 + x^2 + 1: 0 for a word with its right check letter.
  const times = sum => (sum << 1) ^ (sum & 16 ? 0b100101 : 0)
  const parity = letters => letters.reduce((sum, one) => times(sum) ^ LETTERS.indexOf(one), 0)

  const slip = letters => {
    if (letters.some(letter => !LETTERS.includes(letter))) return ''
    // Far shorter: perhaps the number of the case, which the server tells apart.
    if (letters.length < LENGTH - 5) return ''
    if (letters.length !== LENGTH) return box.dataset.hyLength.replace('{length}', letters.length)
    return parity(letters) ? box.dataset.hySlip : ''
  }

  const tell = text => {
    const told = document.getElementById('id_code_error') ?? document.createElement('div')
    const words = document.createElement('p')
    words.className = 'govuk-error-message'
    words.textContent = text
    told.id = 'id_code_error'
    told.setAttribute('role', 'alert')
    told.replaceChildren(words)
    box.before(told)
    box.classList.add('govuk-input--error')
    box.closest('.govuk-form-group').classList.add('govuk-form-group--error')
    box.setAttribute('aria-invalid', 'true')
    box.setAttribute('aria-describedby', 'id_code_helptext id_code_error')
    box.focus()
  }

  box.form.addEventListener('submit', event => {
    const text = slip(lettersOf(box.value))
    if (!text) return
    event.preventDefault()
    tell(text)
  })
})()
