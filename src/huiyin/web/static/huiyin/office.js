// Keys for the desk: j and k walk through the cases, Enter opens, / searches, ? lists the keys.
// Everything they do can be done with Tab and a mouse too. Keys are single letters only outside
// of text fields, and can be switched off with the box in the list of keys (WCAG 2.1.4).
(() => {
  'use strict'
  const OFF = 'hy-keys-off'
  const cases = () => [...document.querySelectorAll('.hy-case')]
  const typing = element => element.closest('input, textarea, select, [contenteditable]')
  let chosen = -1

  const choose = step => {
    const all = cases()
    if (!all.length) return
    chosen = Math.max(0, Math.min(all.length - 1, chosen + step))
    all.forEach((item, number) => item.classList.toggle('hy-case--chosen', number === chosen))
    all[chosen].querySelector('.hy-case__number')?.focus()
  }

  const keys = {
    j: () => choose(1),
    k: () => choose(-1),
    '/': () => document.getElementById('find')?.focus(),
    '?': () => document.getElementById('hy-keys')?.showModal?.()
  }

  const off = () => { try { return localStorage.getItem(OFF) === '1' } catch { return false } }
  const box = document.getElementById('hy-keys-off')
  if (box) {
    box.checked = off()
    box.addEventListener('change', () => {
      try { localStorage.setItem(OFF, box.checked ? '1' : '0') } catch { /* private window: this page only */ }
    })
  }

  document.addEventListener('keydown', event => {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey
    if (!plain || typing(event.target) || !(event.key in keys)) return
    if (off() && event.key !== '?') return
    event.preventDefault()
    keys[event.key]()
  })

  document.body.addEventListener('htmx:afterSwap', () => { chosen = -1 })
})()
