// The console, as a person uses it.
// Input: console, link (signs in once), invitation, email, password, workspace, endpoint (of a service), secret (of the workspace),
// javascript (whether the browser has it).
'use strict'

const assert = require('assert')
const { input, tell } = require('../story')
const { browse, host } = require('./chromium')

browse({ hosts: [host(input.console)], javaScriptEnabled: input.javascript }, async page => {
  const path = () => new URL(page.url()).pathname
  const heading = name => page.getByRole('heading', { name }).first().waitFor()
  const press = name => page.getByRole('button', { name, exact: true }).click()

  await tell({
    async 'the one-time link signs in, once'() {
      await page.goto(input.link)
      assert.match(await page.textContent('main'), new RegExp(input.email))
      await press('Sign in')
      await heading('Workspaces')
    },
    async 'the workspaces and their services are listed with endpoints'() {
      const row = page.getByRole('row').filter({ hasText: input.endpoint })
      assert.match(await row.innerText(), /shop.*dev.*everybody/s)
      await row.getByRole('link', { name: 'Playground of shop / dev in eu1' }).waitFor()
      await page.locator('main').getByRole('link', { name: input.workspace, exact: true }).click()
      await heading(input.workspace)
    },
    async 'the management secret is shown on request'() {
      assert(!(await page.content()).includes(input.secret), 'it is shown unasked')
      await press('Show the secret')
      await page.getByText(input.secret, { exact: true }).waitFor()
      assert.strictEqual(new URL(page.url()).hash, '#secret', 'the page is shown where the secret is')
      const lines = await page.locator('pre').first().innerText()
      assert(lines.includes(`export PRISMA_MANAGEMENT_API_SECRET=${input.secret}`), lines)
    },
    async 'a session key is made, shown once, and revoked'() {
      await page.getByRole('link', { name: 'Session keys' }).click()
      await page.getByLabel('Title').fill('build server')
      await press('Make a key')
      const key = (await page.getByRole('status').locator('code').innerText()).trim()
      assert.strictEqual(key.split('.').length, 3, key)
      await page.goto(`${input.console}/session-keys`)
      assert(!(await page.content()).includes(key), 'it is shown twice')
      await press('Revoke build server')
      await page.getByRole('row').filter({ hasText: 'build server' }).waitFor({ state: 'detached' })
    },
    async 'a new workspace is made, and one with a name that is taken is not'() {
      await page.getByRole('link', { name: 'Workspaces' }).click()
      await page.getByLabel('Name').fill('second-place')
      await press('Make the workspace')
      await heading('second-place')
      await page.getByRole('link', { name: 'Workspaces' }).click()
      await page.getByLabel('Name').fill('second-place')
      await press('Make the workspace')
      await page.getByRole('alert').first().waitFor()
    },
    async 'a service is deleted when its name was typed'() {
      const typed = async name => {
        await page.getByText('Delete a service …').click()
        const service = page.locator('details details').filter({ hasText: 'shop / dev in eu1' })
        await service.locator('summary').click()
        await service.getByLabel('Type the service’s name').fill(name)
        await service.getByRole('button').click()
      }
      await page.goto(`${input.console}/workspaces/${input.workspace}`)
      await typed('ship')
      await page.getByRole('alert').first().waitFor()
      await typed('shop')
      await page.getByText(input.endpoint, { exact: true }).waitFor({ state: 'detached' })
    },
    async 'after signing out pages lead to the sign-in page and back'() {
      await press('Sign out')
      await page.goto(`${input.console}/session-keys`)
      assert.strictEqual(path(), '/sign-in')
      await page.getByLabel('E-mail address').fill(input.email)
      await page.getByLabel('Password').fill('wrong')
      await press('Sign in')
      await page.getByRole('alert').waitFor()
      await page.getByLabel('Password').fill(input.password)
      await press('Sign in')
      await heading('Session keys')
    },
    async 'an invitation makes an account with a workspace of its own'() {
      await press('Sign out')
      await page.goto(input.invitation)
      await page.getByLabel('Name').fill('Grace Hopper')
      await page.getByLabel('Password').fill('quite a long password')
      await press('Sign up')
      await page.getByRole('link', { name: 'grace-hopper', exact: true }).waitFor()
      await page.goto(`${input.console}/workspaces/${input.workspace}`)
      await heading('Not Found')
    },
    async 'a used link is refused'() {
      await page.goto(input.link)
      await page.getByRole('alert').waitFor()
    }
  })
})
