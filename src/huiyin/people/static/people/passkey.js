// Passkeys: takes what the server asks for from the form, lets the browser talk to the key, and
// sends the answer with the same form. WebAuthn Level 2 speaks in bytes, forms in base64url.
(() => {
  'use strict'
  if (!window.PublicKeyCredential) return
  const bytes = text => Uint8Array.from(
    atob(text.replace(/-/g, '+').replace(/_/g, '/')), letter => letter.charCodeAt(0))
  const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
  const keys = list => (list || []).map(key => ({ ...key, id: bytes(key.id) }))

  const create = async (asked, alone) => {
    const options = { ...asked.publicKey }
    options.challenge = bytes(options.challenge)
    options.user = { ...options.user, id: bytes(options.user.id) }
    options.excludeCredentials = keys(options.excludeCredentials)
    options.authenticatorSelection = {
      ...options.authenticatorSelection,
      residentKey: alone ? 'required' : 'discouraged',
      requireResidentKey: alone,
      ...(alone ? { userVerification: 'required' } : {})
    }
    const made = await navigator.credentials.create({ publicKey: options })
    return plain(made, {
      attestationObject: text(made.response.attestationObject),
      transports: made.response.getTransports ? made.response.getTransports() : []
    })
  }

  const get = async asked => {
    const options = { ...asked.publicKey }
    options.challenge = bytes(options.challenge)
    options.allowCredentials = keys(options.allowCredentials)
    const shown = await navigator.credentials.get({ publicKey: options })
    const { authenticatorData, signature, userHandle } = shown.response
    return plain(shown, {
      authenticatorData: text(authenticatorData),
      signature: text(signature),
      userHandle: userHandle ? text(userHandle) : null
    })
  }

  const plain = (key, more) => ({
    id: key.id,
    rawId: text(key.rawId),
    type: key.type,
    authenticatorAttachment: key.authenticatorAttachment,
    clientExtensionResults: key.getClientExtensionResults(),
    response: { clientDataJSON: text(key.response.clientDataJSON), ...more }
  })

  const options = async form => {
    if (form.dataset.options) return JSON.parse(form.dataset.options)
    const headers = { 'X-Requested-With': 'XMLHttpRequest', Accept: 'application/json' }
    const answer = await fetch(form.dataset.ask, { headers })
    return (await answer.json()).request_options
  }

  const use = async form => {
    const failed = document.querySelector('[data-passkey-failed]')
    if (failed) failed.hidden = true
    try {
      const asked = await options(form)
      const alone = Boolean(form.elements.passwordless?.checked)
      const answer = form.dataset.passkey === 'create' ? await create(asked, alone) : await get(asked)
      form.elements.credential.value = JSON.stringify(answer)
      form.submit()
    } catch (error) {
      if (failed) failed.hidden = false
    }
  }

  document.querySelectorAll('form[data-passkey]').forEach(form => {
    form.hidden = false
    form.addEventListener('submit', event => {
      event.preventDefault()
      use(form)
    })
  })
})()
