// A page of another origin that uses a service through a bundled client, as the browser's rules for that allow (CORS).
// Input: client (a file of `pages`), endpoint, token (of the service; none if it has no secret).
'use strict'

const assert = require('assert')
const fs = require('fs')
const http = require('http')
const os = require('os')
const path = require('path')
const esbuild = require('esbuild')
const { input, tell } = require('../story')
const { browse, host } = require('./chromium')

// Serves the page with its one script from a port of its own, so from an origin of its own.
async function serve(script) {
  const page = '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script src="/page.js"></script>'
  const server = http.createServer((request, response) => {
    const [type, body] = request.url === '/page.js' ? ['text/javascript', script] : ['text/html', page]
    response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(body)
  })
  await new Promise(listening => server.listen(0, 'localhost', listening))
  return { origin: `http://localhost:${server.address().port}`, close: () => server.close() }
}

function bundle() {
  const outfile = path.join(fs.mkdtempSync(path.join(os.homedir(), 'page-')), 'page.js')
  const entry = path.join(__dirname, 'pages', `${input.client}.js`)
  const nodePaths = process.env.NODE_PATH.split(path.delimiter)
  esbuild.buildSync({ entryPoints: [entry], nodePaths, bundle: true, format: 'iife', outfile, logLevel: 'error' })
  return fs.readFileSync(outfile)
}

async function main() {
  const { origin, close } = await serve(bundle())
  await browse({ hosts: [host(input.endpoint), host(origin)] }, async (page, requests) => {
    await tell({
      async 'it queries and mutates the service'() {
        await page.goto(origin)
        const { throttledBy, refused, ...answers } = await page.evaluate(given => window.work(given), {
          endpoint: input.endpoint,
          token: input.token
        })
        assert.deepStrictEqual(answers, { created: 'Ada', read: { __typename: 'User', name: 'Ada' } })
        assert.match(refused, /nothing/)
        if (input.client === 'graphql-request') assert.match(throttledBy, /^\d+ms$/)
      },
      async 'its requests carried its origin and its token'() {
        const posts = requests.filter(request => request.method() === 'POST')
        assert(posts.length >= 3, `${posts.length}`)
        for (const post of posts) {
          const headers = await post.allHeaders()
          assert.strictEqual(headers.origin, origin)
          assert.strictEqual(headers.authorization, input.token ? `Bearer ${input.token}` : undefined)
        }
      },
      async 'a refusal can be read there too'() {
        const answer = await page.evaluate(async endpoint => {
          const response = await fetch(endpoint, { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: '{' })
          return { text: await response.text() }
        }, input.endpoint)
        assert('errors' in JSON.parse(answer.text), answer.text)
      }
    })
  })
  close()
}

main()
