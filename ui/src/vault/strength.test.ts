// @vitest-environment node
import { expect, test } from "vitest";
import { strengthJudge } from "./strength.ts";

test.each(["en", "fr"])("what everybody chooses is weak, what nobody does is strong: %s", async (language) => {
  const judge = await strengthJudge(language);
  for (const weak of ["password1", "qwerty123", "azertyuiop", "Ada2026", "iloveyou!", "p4ssw0rd", "P@$$w0rd1"])
    expect(judge(weak, ["ada"]), weak).toBeLessThanOrEqual(2);
  for (const strong of ["a vault full of apples", "9v#Kq2!mTz7Lw@4sXb", "under-orchid-vessel-quartz-jumbo-tidy"])
    expect(judge(strong, ["ada"]), strong).toBeGreaterThanOrEqual(3);
});
