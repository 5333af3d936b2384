// Decides a login of the command line in a browser that is signed out at first.
// Input: console, secret (of the login), email, password, decision (Approve or Deny), javascript.
'use strict'

const assert = require('assert')
const { input, tell } = require('../story')
const { browse, host } = require('./chromium')

browse({ hosts: [host(input.console)], javaScriptEnabled: input.javascript }, async page => {
  await tell({
    async 'the signed-out browser signs in first and comes back'() {
      await page.goto(`${input.console}/cli-auth?secret=${input.secret}`)
      assert.strictEqual(new URL(page.url()).pathname, '/sign-in')
      await page.getByLabel('E-mail address').fill(input.email)
      await page.getByLabel('Password').fill(input.password)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('heading', { name: 'Log the command line in?' }).waitFor()
    },
    async 'the page says who asks, when and from where'() {
      const facts = await page.locator('dl').innerText()
      for (const fact of ['127.0.0.1', 'node', 'UTC', input.email]) assert(facts.includes(fact), `${fact}: ${facts}`)
    },
    async 'it is decided'() {
      await page.getByRole('button', { name: input.decision }).click()
      await page.getByRole('status').waitFor()
    }
  })
})
