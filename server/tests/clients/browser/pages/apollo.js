// Bundled into a page of another origin: Apollo queries and mutates a service.
import ApolloClient, { gql, InMemoryCache } from 'apollo-boost'

window.work = async ({ endpoint, token }) => {
  const headers = token ? { Authorization: `Bearer ${token}` } : {}
  const client = new ApolloClient({ uri: endpoint, headers, cache: new InMemoryCache() })
  const created = await client.mutate({
    mutation: gql`
      mutation($name: String!) {
        createUser(data: { name: $name }) {
          id
          name
        }
      }
    `,
    variables: { name: 'Ada' }
  })
  const read = await client.query({
    query: gql`
      query($id: ID!) {
        user(where: { id: $id }) {
          __typename
          name
        }
      }
    `,
    variables: { id: created.data.createUser.id }
  })
  const refused = await client
    .query({ query: gql`{ nothing { id } }` }) // prettier-ignore
    .then(() => 'answered', error => error.message)
  return { created: created.data.createUser.name, read: read.data.user, refused }
}
