// What a script shares: its input, and steps that fail with words.
'use strict'

const assert = require('assert')

const input = JSON.parse(process.argv[2])

// Runs the steps in order; the first that fails ends the script with its name and the reason.
async function tell(steps) {
  for (const [name, step] of Object.entries(steps)) {
    try {
      await step()
    } catch (error) {
      console.error(`${name}: ${error.stack || error}`)
      process.exit(1)
    }
    console.log(`ok: ${name}`)
  }
}

// The message of the error that a promise is rejected with.
async function rejection(promise) {
  const value = await promise.then(value => JSON.stringify(value), error => error)
  assert(value instanceof Error, `it was not refused: ${value}`)
  return value.message
}

module.exports = { input, tell, rejection }
