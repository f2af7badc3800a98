// Keeps where the modules of the official CLI are and what the engine made of them,
// which halves the cost of its next start: it is loaded before the CLI, which itself
// stays as it is. A new installation of the CLI forgets it.
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const v8 = require("node:v8");
const vm = require("node:vm");

const file = path.join(__dirname, "node_modules", ".cache", `compiled-${process.version}`);
const kept = fs.existsSync(file) ? v8.deserialize(fs.readFileSync(file)) : null;
const paths = kept?.paths ?? new Map();
const scripts = new Map();
const { _compile: compile } = Module.prototype;
const { _resolveFilename: find, _extensions: extensions } = Module;
const { ".js": read } = extensions;

Module._resolveFilename = function (request, parent, isMain, options) {
  if (options) {
    return find.call(this, request, parent, isMain, options);
  }
  const key = `${parent?.filename}\n${request}`;
  if (!paths.has(key)) {
    paths.set(key, find.call(this, request, parent, isMain));
  }
  return paths.get(key);
};

extensions[".js"] = (module, name) => {
  const script = kept?.scripts.get(name);
  return script ? module._compile(script.source, name) : read(module, name);
};

Module.prototype._compile = function (source, name, ...rest) {
  if (!name.endsWith(".js")) {
    return compile.call(this, source, name, ...rest); // It may be no script.
  }
  const script = new vm.Script(Module.wrap(source.replace(/^#!.*/, "")), {
    filename: name,
    cachedData: kept?.scripts.get(name)?.data,
    importModuleDynamically: vm.constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  if (!kept) {
    scripts.set(name, { source, script });
  }
  const load = Object.assign((id) => this.require(id), Module.createRequire(name), { main: process.mainModule });
  return script.runInThisContext().call(this.exports, this.exports, load, this, name, path.dirname(name));
};

process.on("exit", () => {
  if (kept) {
    return;
  }
  const made = new Map([...scripts].map(([name, { source, script }]) => [name, { source, data: script.createCachedData() }]));
  const whole = `${file}.${process.pid}`;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(whole, v8.serialize({ paths, scripts: made }));
  fs.renameSync(whole, file);
});
