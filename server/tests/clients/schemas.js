// Schemas that Prisma's own generator makes of datamodels, beside the introspection of ours: what only one of them has.
// Input: cases (path of a JSON list of {name, version, datamodel, introspection}), kinds (what the generator gets wrong, see
// MISTAKES), report (path to write to).
'use strict'

const fs = require('fs')
const { buildClientSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } = require('graphql')
const { CRUDSchemaGenerator, parseInternalTypes } = require('prisma-generate-schema')
const datamodelTools = require('prisma-datamodel')
const { default: WhereInput } = require('prisma-generate-schema/dist/src/generator/default/query/modelWhereInputGenerator')
const { default: Parser } = require('prisma-datamodel/dist/datamodel/parser/relationalParser')
const { input, tell } = require('./story')

const POSTGRES = datamodelTools.DatabaseType.postgres
const V1 = '1.0'
const relations = (types, each) =>
  types.filter(type => !type.isEnum).forEach(type => type.fields.filter(f => f.type.fields && !f.type.isEnum).forEach(each))
const part = field => {
  field.relatedField = null
}
const hasDirective = name => (original, version) =>
  function (field) {
    return version === V1 ? original.call(this, field) : this.hasDirective(field, name)
  }

// What is done about each kind of mistake: the models are set right before the schema is made (`types`), a function of
// the generator is replaced meanwhile (`replace`), or facts that it leaves out are added (`facts`). All are told the
// datamodel's version.
const MISTAKES = {
  'names keep their underscores': {
    replace: [[datamodelTools, 'camelCase', () => datamodelTools.lowerCase]],
  },
  'plurals are capitalised': {
    replace: [[datamodelTools, 'plural', original => name => datamodelTools.capitalize(original(name))]],
  },
  'names of times mean nothing': {
    replace: [
      [Parser.prototype, 'isCreatedAtField', hasDirective('createdAt')],
      [Parser.prototype, 'isUpdatedAtField', hasDirective('updatedAt')],
    ],
  },
  'names of ids mean nothing': {
    replace: [[Parser.prototype, 'isIdField', hasDirective('id')]],
  },
  'hidden columns order': {
    facts: (types, version) =>
      (version === V1 ? types.filter(type => !type.isEnum) : []).flatMap(type =>
        ['id', 'createdAt', 'updatedAt'].flatMap(name => ['ASC', 'DESC'].map(way => `${type.name}OrderByInput.${name}_${way}`)),
      ),
  },
  'ids of v1 are given': {
    types: (types, version) =>
      types.forEach(type =>
        (type.fields || []).filter(field => field.isId && version === V1).forEach(field => {
          field.idStrategy = datamodelTools.IdStrategy.Auto
        }),
      ),
  },
  'Int ids are not given': {
    types: types =>
      types.forEach(type =>
        type.fields.filter(field => field.isId && field.type === 'Int').forEach(field => {
          field.idStrategy = datamodelTools.IdStrategy.Sequence
        }),
      ),
  },
  'UUIDs are compared as a whole': {
    replace: [
      [
        WhereInput.prototype,
        'generateScalarFilterFields',
        original =>
          function (model, field) {
            const found = original.call(this, model, field)
            const whole = new Set(['', '_not', '_in', '_not_in'].map(ending => field.name + ending))
            if (field.type !== 'UUID') return found
            return Object.fromEntries(Object.entries(found).filter(([name]) => whole.has(name)))
          },
      ],
    ],
  },
  'models are nodes': {
    facts: types =>
      types
        .filter(type => type.fields.some(field => field.name === 'id' && field.isId && field.type === 'ID'))
        .filter(type => !type.isRelationTable)
        .map(type => `${type.name} implements Node`),
  },
  'no field is its own opposite': {
    types: types => relations(types, field => field.relatedField === field && part(field)),
  },
  'fields of different relations are no opposites': {
    types: types =>
      relations(types, field => {
        const opposite = field.relatedField
        if (opposite && field.relationName && opposite.relationName && field.relationName !== opposite.relationName) {
          part(opposite)
          part(field)
        }
      }),
  },
}

// Everything that a schema says, one fact a line; descriptions and order aside.
function facts(schema) {
  const found = new Set()
  const value = member =>
    `${member.type}${member.defaultValue === undefined ? '' : ` = ${JSON.stringify(member.defaultValue)}`}`
  const roots = { query: schema.getQueryType(), mutation: schema.getMutationType() }
  roots.subscription = schema.getSubscriptionType()
  for (const [name, type] of Object.entries(roots)) found.add(`schema ${name}: ${type}`)
  for (const type of Object.values(schema.getTypeMap()).filter(type => !type.name.startsWith('__'))) {
    found.add(`${type.constructor.name.replace(/^GraphQL|Type$/g, '')} ${type.name}`)
    if (isEnumType(type)) type.getValues().forEach(({ name }) => found.add(`${type.name}.${name}`))
    if (isInputObjectType(type)) {
      Object.values(type.getFields()).forEach(field => found.add(`${type.name}.${field.name}: ${value(field)}`))
    }
    if (isObjectType(type)) type.getInterfaces().forEach(({ name }) => found.add(`${type.name} implements ${name}`))
    if (!isObjectType(type) && !isInterfaceType(type)) continue
    for (const field of Object.values(type.getFields())) {
      found.add(`${type.name}.${field.name}: ${field.type}`)
      field.args.forEach(argument => found.add(`${type.name}.${field.name}(${argument.name}: ${value(argument)})`))
    }
  }
  return found
}

// The facts of the generator's schema, with these kinds of mistakes set right.
function oracle({ datamodel, version }, kinds) {
  const mistakes = kinds.map(kind => MISTAKES[kind])
  const replaced = mistakes.flatMap(({ replace = [] }) => replace).map(([object, name, replace]) => {
    const original = object[name]
    object[name] = replace(original, version)
    return () => {
      object[name] = original
    }
  })
  try {
    const { types } = parseInternalTypes(datamodel, POSTGRES)
    types.sort((a, b) => (a.name > b.name ? 1 : -1))
    mistakes.forEach(mistake => mistake.types && mistake.types(types, version))
    const found = facts(CRUDSchemaGenerator.create(POSTGRES).schema.generate(types, {}))
    mistakes.forEach(mistake => mistake.facts && mistake.facts(types, version).forEach(fact => found.add(fact)))
    return found
  } finally {
    replaced.reverse().forEach(undo => undo())
  }
}

tell({
  'compare the schemas': () => {
    const cases = JSON.parse(fs.readFileSync(input.cases))
    const only = (some, others) => [...some].filter(fact => !others.has(fact))
    const seen = cases.map(({ name, version, datamodel, introspection }) => {
      const ours = facts(buildClientSchema(introspection))
      const theirs = oracle({ datamodel, version }, input.kinds)
      return { name, version, datamodel, ours, facts: ours.size, missing: only(theirs, ours), extra: only(ours, theirs) }
    })
    // A kind that makes no difference any more has to go.
    const idle = input.kinds.filter(kind => {
      const others = input.kinds.filter(other => other !== kind)
      return !seen.some(({ ours, ...seen }) => {
        const theirs = oracle(seen, others)
        return only(theirs, ours).length + only(ours, theirs).length > 0
      })
    })
    const unlisted = Object.keys(MISTAKES).filter(kind => !input.kinds.includes(kind))
    const differences = seen
      .filter(({ missing, extra }) => missing.length + extra.length > 0)
      .map(({ name, missing, extra }) => ({ name, missing, extra }))
    const count = seen.reduce((sum, { facts }) => sum + facts, 0)
    fs.writeFileSync(input.report, JSON.stringify({ differences, idle, unlisted, facts: count }))
  },
})
