// prisma-client-lib with the client that `prisma1 generate` wrote: reads, writes, and batches of one tick.
// Input: generated (folder of the generated client), endpoint, secret (none if the service has none).
'use strict'

const assert = require('assert')
const { input, tell, rejection } = require('../story')

const { Prisma } = require(input.generated)
const prisma = new Prisma({ endpoint: input.endpoint, secret: input.secret || undefined })

tell({
  async 'writes nested'() {
    const ada = await prisma.createUser({
      name: 'Ada',
      email: 'ada@example.test',
      tags: { set: ['a', 'b'] },
      posts: { create: [{ title: 'One' }, { title: 'Two', published: true }] }
    })
    assert.strictEqual(ada.name, 'Ada')
    assert.deepStrictEqual(ada.tags, ['a', 'b'])
    assert.strictEqual(ada.role, 'READER')
  },
  async 'reads along relations, filtered and ordered'() {
    const posts = await prisma.user({ email: 'ada@example.test' }).posts({ orderBy: 'title_DESC' })
    assert.deepStrictEqual(posts.map(post => [post.title, post.published]), [['Two', true], ['One', false]])
    const author = await prisma.posts({ where: { title_starts_with: 'O' } })
    assert.strictEqual(author.length, 1)
    const fragment = 'fragment P on Post { title author { name } }'
    assert.deepStrictEqual(await prisma.posts({ where: { author: { name: 'Ada' } }, first: 1 }).$fragment(fragment), [
      { title: 'One', author: { name: 'Ada' } }
    ])
  },
  async 'updates, upserts, counts'() {
    const where = { email: 'ada@example.test' }
    assert.strictEqual((await prisma.updateUser({ where, data: { role: 'EDITOR' } })).role, 'EDITOR')
    const create = { name: 'Eve', email: 'eve@example.test' }
    const eve = await prisma.upsertUser({ where: { email: create.email }, create, update: { name: 'no' } })
    assert.strictEqual(eve.name, 'Eve')
    assert.strictEqual(await prisma.usersConnection().aggregate().count(), 2)
    assert.deepStrictEqual(await prisma.updateManyPosts({ data: { published: true } }), { count: 2 })
  },
  async '$exists and $graphql'() {
    assert.strictEqual(await prisma.$exists.user({ name: 'Ada' }), true)
    assert.strictEqual(await prisma.$exists.user({ name: 'Nobody' }), false)
    const data = await prisma.$graphql('query ($n: String!) { users(where: { name: $n }) { email } }', { n: 'Eve' })
    assert.deepStrictEqual(data, { users: [{ email: 'eve@example.test' }] })
  },
  async 'one request for all calls of a tick'() {
    const [users, posts, eve] = await Promise.all([
      prisma.users({ orderBy: 'name_ASC' }),
      prisma.posts(),
      prisma.user({ email: 'eve@example.test' })
    ])
    assert.deepStrictEqual([users.map(user => user.name), posts.length, eve.name], [['Ada', 'Eve'], 2, 'Eve'])
  },
  async 'an error of one rejects with its message'() {
    const taken = rejection(prisma.createUser({ name: 'Other', email: 'eve@example.test' }))
    assert.match(await taken, /A unique constraint would be violated on User\. Details: Field name = email/)
  },
  async 'deletes'() {
    assert.strictEqual((await prisma.deleteUser({ email: 'eve@example.test' })).name, 'Eve')
    assert.deepStrictEqual(await prisma.deleteManyPosts({ title_in: ['One', 'Two'] }), { count: 2 })
  },
  async 'a wrong secret is refused'() {
    if (!input.secret) return
    for (const secret of ['wrong', undefined]) {
      const stranger = new Prisma({ endpoint: input.endpoint, secret })
      assert.match(await rejection(stranger.users()), /token is invalid/)
    }
  },
  async 'a burst waits in line'() {
    const calls = Array.from({ length: 14 }, (_, n) =>
      new Promise(later => setTimeout(later, n)).then(() => prisma.$graphql('{ users { name } }'))
    )
    for (const answer of await Promise.all(calls)) assert.deepStrictEqual(answer, { users: [{ name: 'Ada' }] })
  }
})
