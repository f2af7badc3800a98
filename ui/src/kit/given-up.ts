/** The person did not go on: nothing failed, and nothing is told. */
export class GivenUp extends Error {}
