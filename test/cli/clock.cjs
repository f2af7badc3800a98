// Moves the clock of the official CLI forward by CLOCK_OFFSET seconds: it is
// loaded before the CLI, which itself stays as it is.
const real = Date;
const now = () => real.now() + 1000 * Number(process.env.CLOCK_OFFSET);

globalThis.Date = new Proxy(real, {
  apply: () => new real(now()).toString(),
  construct: (target, args, self) => Reflect.construct(target, args.length ? args : [now()], self),
  get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
});
