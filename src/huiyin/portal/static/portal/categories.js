// Finds categories while one types. Nothing is sent; without a script the button does the same.
(() => {
  'use strict'
  const box = document.getElementById('id_find')
  const list = document.querySelector('[data-hy-categories]')
  if (!box || !list) return
  const fold = text => text.normalize('NFKC').toLowerCase()
  const groups = [...list.querySelectorAll('[data-hy-group]')]
  const opened = groups.map(group => group.open)

  const show = () => {
    const words = fold(box.value).split(/\s+/).filter(Boolean)
    groups.forEach((group, n) => {
      let any = false
      group.querySelectorAll('[data-hy-words]').forEach(item => {
        const hit = words.every(word => fold(item.dataset.hyWords).includes(word))
        item.hidden = !hit
        any = any || hit
      })
      group.hidden = !any
      group.open = words.length ? any : opened[n]
    })
    // Nothing fits: show everything rather than an empty page.
    if (groups.every(group => group.hidden)) {
      groups.forEach((group, n) => {
        group.hidden = false
        group.open = opened[n]
        group.querySelectorAll('[data-hy-words]').forEach(item => { item.hidden = false })
      })
    }
  }
  box.addEventListener('input', show)
})()
