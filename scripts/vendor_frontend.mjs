// Rebuilds src/huiyin/web/static/vendor and tests/browser/vendor from exact npm versions.
// Run: node scripts/vendor_frontend.mjs (needs node >= 20 and npm; running Huiyin needs neither).
// The result is committed; --check rebuilds in a temporary folder and compares instead of writing.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'

const SHIPPED = { 'govuk-frontend': '6.6.0', 'htmx.org': '2.0.11' }
const TESTED_WITH = { 'axe-core': '4.14.1' }
const TOOLS = { sass: '1.108.2', rtlcss: '4.3.0', esbuild: '0.28.2', lightningcss: '1.33.0' }

// govuk-frontend's package says MIT but carries no copy of the licence.
const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or
substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM,
DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`

const here = dirname(fileURLToPath(import.meta.url))
const root = dirname(here)
const checking = process.argv.includes('--check')
const work = mkdtempSync(join(tmpdir(), 'huiyin-frontend-'))
const files = new Map()

function install () {
  const dependencies = { ...SHIPPED, ...TESTED_WITH, ...TOOLS }
  writeFileSync(join(work, 'package.json'), JSON.stringify({ private: true, dependencies }))
  execFileSync('npm', ['install', '--no-fund', '--no-audit', '--silent', '--ignore-scripts'],
    { cwd: work, stdio: ['ignore', 'inherit', 'ignore'] })
  for (const name of ['vendor_frontend.scss', 'vendor_frontend.entry.mjs']) {
    copyFileSync(join(here, name), join(work, name))
  }
}

function styles (need) {
  const sass = need('sass')
  const rtlcss = need('rtlcss')
  const { transform } = need('lightningcss')
  const { css } = sass.compile(join(work, 'vendor_frontend.scss'),
    { loadPaths: [join(work, 'node_modules')], quietDeps: true })
  const small = text => transform(
    { filename: 'govuk.css', code: Buffer.from(text), minify: true }).code
  keep('src/huiyin/web/static/vendor/govuk.css', small(css), 'govuk-frontend')
  keep('src/huiyin/web/static/vendor/govuk.rtl.css', small(rtlcss.process(css)), 'govuk-frontend')
}

function scripts (need) {
  const { outputFiles } = need('esbuild').buildSync({
    entryPoints: [join(work, 'vendor_frontend.entry.mjs')],
    absWorkingDir: work,
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2020',
    legalComments: 'none'
  })
  keep('src/huiyin/web/static/vendor/govuk.js', outputFiles[0].contents, 'govuk-frontend')
  keep('src/huiyin/web/static/vendor/htmx.min.js', packed('htmx.org', 'dist/htmx.min.js'), 'htmx.org')
  keep('tests/browser/vendor/axe.min.js', packed('axe-core', 'axe.min.js'), 'axe-core')
}

function licences () {
  keep('src/huiyin/web/static/vendor/LICENSE.govuk-frontend.txt',
    `govuk-frontend: Copyright (C) 2017 Crown Copyright (Government Digital Service)\n\n${MIT}`,
    'govuk-frontend')
  keep('src/huiyin/web/static/vendor/LICENSE.htmx.txt', packed('htmx.org', 'LICENSE'), 'htmx.org')
  keep('tests/browser/vendor/LICENSE.axe.txt', packed('axe-core', 'LICENSE'), 'axe-core')
}

const packed = (name, path) => readFileSync(join(work, 'node_modules', name, path))
const keep = (path, content, from) => files.set(path, { content: Buffer.from(content), from })

// Beside each text a packed one: whitenoise sends it to browsers that accept gzip.
function pack () {
  for (const [path, { content, from }] of [...files]) {
    if (/static\/vendor\/.*\.(css|js)$/.test(path)) keep(`${path}.gz`, gzipSync(content, { level: 9 }), from)
  }
}

// Another version of zlib packs differently: what counts is what comes out.
const plain = (path, bytes) => path.endsWith('.gz') ? gunzipSync(bytes) : bytes

// Two lists, each beside the files that it names, with what npm said about the package.
function list () {
  const locked = JSON.parse(readFileSync(join(work, 'package-lock.json'))).packages
  for (const folder of ['src/huiyin/web/static/vendor', 'tests/browser/vendor']) {
    const made = [...files].filter(([path]) => path.startsWith(folder)).map(([path, file]) => ({
      file: path.slice(folder.length + 1),
      package: file.from,
      version: locked[`node_modules/${file.from}`].version,
      npm_integrity: locked[`node_modules/${file.from}`].integrity,
      licence: locked[`node_modules/${file.from}`].license,
      bytes: file.content.length,
      sha256: createHash('sha256').update(file.content).digest('hex')
    }))
    const text = JSON.stringify({ made_by: 'scripts/vendor_frontend.mjs', tools: TOOLS, files: made }, null, 2)
    files.set(`${folder}/VENDORED.json`, { content: Buffer.from(text + '\n'), from: '' })
  }
}

function deliver () {
  let different = 0
  for (const [path, { content }] of files) {
    const target = join(root, path)
    if (checking) {
      if (!plain(path, readFileSync(target)).equals(plain(path, content))) { different++; console.log(`differs: ${path}`) }
      continue
    }
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, content)
    console.log(`${path}  ${content.length} bytes`)
  }
  process.exitCode = different ? 1 : 0
  if (checking && !different) console.log(`${files.size} files are as built`)
}

try {
  install()
  const need = createRequire(join(work, 'package.json'))
  styles(need)
  scripts(need)
  licences()
  pack()
  list()
  deliver()
} finally {
  rmSync(work, { recursive: true, force: true })
}
