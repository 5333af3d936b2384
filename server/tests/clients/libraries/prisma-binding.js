// prisma-binding with the schema that `prisma1 generate` wrote: reads, writes, delegates, and batches of one tick.
// Input: generated (path of the schema), endpoint, secret (none if the service has none).
'use strict'

const assert = require('assert')
const { graphql } = require('graphql')
const { makeExecutableSchema } = require('graphql-tools')
const { Prisma } = require('prisma-binding')
const { input, tell, rejection } = require('../story')

const prisma = new Prisma({ typeDefs: input.generated, endpoint: input.endpoint, secret: input.secret || undefined })

// A server of one's own in front of the service, as prisma-binding was made for.
const front = makeExecutableSchema({
  typeDefs: `
    type Person { name: String! posts: [Text!]! }
    type Text { title: String! }
    type Query { people(role: String!): [Person!]! texts: [Text!]! }
    type Mutation { publish(name: String!, title: String!): Text! }`,
  resolvers: {
    Query: {
      people: (_, { role }, { prisma }, info) => prisma.query.users({ where: { role }, orderBy: 'name_ASC' }, info),
      texts: (_, args, { prisma }, info) => prisma.delegate('query', 'posts', { orderBy: 'title_ASC' }, info)
    },
    Mutation: {
      publish: (_, { name, title }, { prisma }, info) =>
        prisma.mutation.createPost({ data: { title, author: { connect: { email: `${name}@example.test` } } } }, info)
    }
  },
  resolverValidationOptions: { requireResolversForResolveType: false }
})

// Answers of graphql-js have no prototype; deepStrictEqual minds.
const plain = value => JSON.parse(JSON.stringify(value))

async function ask(query, variables) {
  const { data, errors } = await graphql(front, query, null, { prisma }, variables)
  assert.strictEqual(errors, undefined)
  return plain(data)
}

tell({
  async 'writes and reads with a selection'() {
    const data = { name: 'Ada', email: 'ada@example.test', tags: { set: ['a'] }, posts: { create: [{ title: 'One' }] } }
    const selection = '{ name tags posts { title author { email } } }'
    assert.deepStrictEqual(plain(await prisma.mutation.createUser({ data }, selection)), {
      name: 'Ada',
      tags: ['a'],
      posts: [{ title: 'One', author: { email: 'ada@example.test' } }]
    })
    const users = await prisma.query.users({ where: { posts_some: { title_contains: 'n' } } }, '{ name role }')
    assert.deepStrictEqual(plain(users), [{ name: 'Ada', role: 'READER' }])
  },
  async 'delegates what a front server is asked'() {
    const published = await ask('mutation ($n: String!) { publish(name: $n, title: "Two") { title } }', { n: 'ada' })
    assert.deepStrictEqual(published, { publish: { title: 'Two' } })
    assert.deepStrictEqual(await ask('{ people(role: "READER") { name posts { title } } texts { title } }'), {
      people: [{ name: 'Ada', posts: [{ title: 'One' }, { title: 'Two' }] }],
      texts: [{ title: 'One' }, { title: 'Two' }]
    })
  },
  async 'one request for all calls of a tick'() {
    const [users, posts, none] = await Promise.all([
      prisma.query.users({}, '{ name }'),
      prisma.query.postsConnection({}, '{ aggregate { count } }'),
      prisma.query.user({ where: { email: 'nobody@example.test' } }, '{ name }')
    ])
    assert.deepStrictEqual([users.length, posts.aggregate.count, none], [1, 2, null])
  },
  async 'exists, request, and an error with its message'() {
    assert.strictEqual(await prisma.exists.User({ name: 'Ada' }), true)
    assert.strictEqual(await prisma.exists.User({ name: 'Nobody' }), false)
    const answer = await prisma.request('query ($n: Int!) { posts(first: $n, orderBy: title_ASC) { title } }', { n: 1 })
    assert.deepStrictEqual(plain(answer), { data: { posts: [{ title: 'One' }] } })
    const taken = rejection(prisma.mutation.createUser({ data: { name: 'Other', email: 'ada@example.test' } }, '{ id }'))
    assert.match(await taken, /A unique constraint would be violated on User\. Details: Field name = email/)
  }
})
