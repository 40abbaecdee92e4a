// The behaviour of govuk-frontend that Huiyin's pages use; bundled by vendor_frontend.mjs.
// Every page works without it: it counts characters, moves focus to errors and
// stops a second click from handing in twice.
import {
  Button, CharacterCount, Checkboxes, ErrorSummary, SkipLink, createAll
} from 'govuk-frontend'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')
for (const component of [Button, CharacterCount, Checkboxes, ErrorSummary, SkipLink]) {
  createAll(component)
}
