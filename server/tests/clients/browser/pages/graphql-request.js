// Bundled into a page of another origin: graphql-request queries and mutates a service, and the page reads how long the
// throttle held a request back.
import { GraphQLClient } from 'graphql-request'

window.work = async ({ endpoint, token }) => {
  const headers = token ? { Authorization: `Bearer ${token}` } : {}
  const client = new GraphQLClient(endpoint, { headers })
  const mutation = 'mutation ($name: String!) { createUser(data: { name: $name }) { id name } }'
  const { createUser } = await client.request(mutation, { name: 'Ada' })
  const query = 'query ($id: ID!) { user(where: { id: $id }) { __typename name } }'
  const raw = await client.rawRequest(query, { id: createUser.id })
  const refused = await client.request('{ nothing { id } }').then(() => 'answered', error => error.message)
  return { created: createUser.name, read: raw.data.user, refused, throttledBy: raw.headers.get('Throttled-By') }
}
