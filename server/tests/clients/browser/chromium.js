// A real browser, watched: nothing of another host, nothing that the content security policy stopped, no script error.
'use strict'

const { chromium } = require('playwright-core')

const FLAGS = [
  '--no-sandbox', // the tests may run as root
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync'
]

// Opens a page, hands it on, and fails for what was wrong on it. `hosts` may be asked; `options` are the context's.
async function browse({ hosts, ...options }, visit) {
  const browser = await chromium.launch({ executablePath: process.env.REFRACT_TEST_CHROMIUM, args: FLAGS })
  try {
    const context = await browser.newContext(options)
    context.setDefaultTimeout(30000)
    const wrong = []
    const requests = []
    context.on('request', request => {
      requests.push(request)
      const { protocol, host } = new URL(request.url())
      const foreign = protocol.startsWith('http') && !hosts.includes(host)
      if (foreign) wrong.push(`a request to another host: ${request.url()}`)
    })
    context.on('console', message => {
      const text = message.text()
      if (/content security policy/i.test(text)) wrong.push(text)
    })
    context.on('weberror', error => wrong.push(`a script failed: ${error.error()}`))
    const page = await context.newPage()
    await visit(page, requests)
    if (wrong.length) throw new Error(wrong.join('\n'))
  } finally {
    await browser.close()
  }
}

const host = url => new URL(url).host

module.exports = { browse, host }
