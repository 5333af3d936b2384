// GraphQL Playground at a service's address: runs a query, and does not ask for the schema again and again, which would use the
// service's requests up.
// Input: endpoint.
'use strict'

const assert = require('assert')
const { input, tell } = require('../story')
const { browse, host } = require('./chromium')

browse({ hosts: [host(input.endpoint)] }, async (page, requests) => {
  const posts = () => requests.filter(request => request.method() === 'POST').map(request => request.postData() || '')
  await tell({
    async 'it opens on the service'() {
      await page.goto(input.endpoint)
      await page.locator('.CodeMirror').first().waitFor()
    },
    async 'it runs a query and shows the answer'() {
      await page.locator('.CodeMirror').first().click()
      await page.keyboard.press('Control+A')
      await page.keyboard.insertText('{ users { name } }')
      await page.keyboard.press('Control+Enter')
      await page.getByText('"Ada"', { exact: true }).waitFor()
    },
    async 'it does not poll the schema'() {
      const schemas = () => posts().filter(body => body.includes('__schema')).length
      // It asks once or twice while it starts; polling would go on every two seconds.
      await page.waitForTimeout(3000)
      const asked = schemas()
      assert(asked >= 1, 'it has asked for the schema')
      await page.waitForTimeout(7000)
      assert.strictEqual(schemas(), asked, 'it asked again')
    }
  })
})
