// The editor of plans: keeps what is typed while somebody types, and shows what the check finds in
// it. All of it is a press of a button without a script.
(() => {
  'use strict'
  const form = document.querySelector('form[data-hy-keeps]')
  if (!form) return
  const status = form.querySelector('[data-hy-kept]')
  const PAUSE = 1500
  let timer
  let typed = false
  let leaving = false

  const body = () => {
    const data = new FormData(form)
    data.set('step', 'keep')
    return data
  }

  const show = answer => {
    status.textContent = answer.said
    status.classList.toggle('hy-quiet', !answer.stale)
    // The findings are drawn by our own server, every word of them escaped.
    for (const [key, html] of Object.entries(answer.beside || {})) {
      const place = form.querySelector(`[data-hy-beside="${CSS.escape(key)}"]`)
      if (place) place.innerHTML = html
    }
  }

  const keep = async () => {
    clearTimeout(timer)
    typed = false
    try {
      const answer = await fetch(form.action, { method: 'POST', body: body(), credentials: 'same-origin' })
      if (!answer.ok) throw new Error(answer.status)
      show(await answer.json())
    } catch {
      typed = true
      status.textContent = form.dataset.hyLost
      status.classList.remove('hy-quiet')
    }
  }

  form.addEventListener('input', () => {
    typed = true
    clearTimeout(timer)
    timer = setTimeout(keep, PAUSE)
  })
  form.addEventListener('submit', () => { leaving = true; clearTimeout(timer) })
  // A beacon arrives although the page is going; the form itself has been sent otherwise.
  addEventListener('pagehide', () => { if (typed && !leaving) navigator.sendBeacon(form.action, body()) })
})()
