import { useEffect, useRef, useState } from "react";
import { useSearch } from "wouter";
import { textOf } from "../../kit/form.tsx";
import { rememberEmail, rememberedEmail } from "../../vault/browser.ts";
import type { Next, SignIn } from "../../vault/sign-in.ts";
import { Codes } from "./codes.tsx";
import { DeviceStep } from "./device-step.tsx";
import { EmailStep } from "./email-step.tsx";
import { PasswordStep } from "./password-step.tsx";

/** What stands in the way of an open vault: the address, then the password, then what the server wants besides. */
type Stage =
  | { at: "email" }
  | { at: "password"; email: string }
  | { at: "device"; email: string }
  | { at: "code"; email: string; next: NonNullable<Next> };

/** Logs a person in. The attempt itself, with what it derived, is none of React's state. */
export function Screen() {
  const [stage, setStage] = useState<Stage>({ at: "email" });
  const attempt = useRef<SignIn>(undefined);
  const asked = new URLSearchParams(useSearch()).get("email");
  useEffect(() => () => attempt.current?.cancel(), []);

  const chooseEmail = (values: FormData) => {
    const email = textOf(values, "email").trim();
    rememberEmail(values.has("remember") ? email : null);
    setStage({ at: "password", email });
  };
  const startOver = () => {
    attempt.current?.cancel();
    setStage({ at: "email" });
  };

  const take = (signIn: SignIn) => {
    if (attempt.current !== signIn) attempt.current?.cancel();
    attempt.current = signIn;
  };

  switch (stage.at) {
    case "email":
      return <EmailStep asked={asked ?? undefined} remembered={rememberedEmail()} onSend={chooseEmail} />;
    case "password":
      return (
        <PasswordStep
          email={stage.email}
          onAttempt={take}
          onNext={(next) => setStage({ at: "code", email: stage.email, next })}
          onDevice={() => setStage({ at: "device", email: stage.email })}
          onOther={startOver}
        />
      );
    case "device":
      return (
        <DeviceStep
          email={stage.email}
          onAttempt={take}
          onNext={(next) => setStage({ at: "code", email: stage.email, next })}
          onBack={() => setStage({ at: "password", email: stage.email })}
        />
      );
    case "code":
      return (
        attempt.current && <Codes signIn={attempt.current} email={stage.email} next={stage.next} onOther={startOver} />
      );
  }
}
