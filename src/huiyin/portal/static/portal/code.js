// A link or square from a receipt carries the code behind "#", which browsers do not send.
// The code is put into the box and taken out of the address and the history at once.
(() => {
  'use strict'
  const box = document.getElementById('id_code')
  const code = decodeURIComponent(location.hash.slice(1))
  if (!box || !/^[0-9A-Za-z -]{20,40}$/.test(code)) return
  history.replaceState(null, '', location.pathname)
  box.value = code
  box.focus()
})()
