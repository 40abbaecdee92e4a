// What the public's pages gain from a script; all of it works without one.
// Exit this page: Shift three times does what the button does, and the page goes blank at once.
(() => {
  'use strict'
  const form = document.querySelector('[data-hy-exit]')
  if (!form) return
  const hint = form.querySelector('[data-hy-exit-hint]')
  if (hint) hint.hidden = false

  const leave = () => { document.body.hidden = true; document.title = '…' }
  form.addEventListener('submit', leave)

  let presses = 0
  let timer
  document.addEventListener('keyup', event => {
    if (event.key !== 'Shift') { presses = 0; return }
    clearTimeout(timer)
    timer = setTimeout(() => { presses = 0 }, 2000)
    if (++presses === 3) form.requestSubmit()
  })
})()
