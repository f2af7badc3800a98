import { useEffect, useRef, useState } from "react";
import { Button } from "../../kit/button.tsx";
import { Notice } from "../../kit/notice.tsx";
import { useText } from "../../text/t.ts";
import { type Answered, DeviceQuestion } from "../../vault/other-ways.ts";
import type { Next, SignIn } from "../../vault/sign-in.ts";
import { Fingerprint } from "../parts/fingerprint.tsx";
import { Problem } from "../parts/problem.tsx";
import { SignInGate } from "./gate.tsx";
import styles from "./sign-in.module.css";

export interface DeviceStepProps {
  email: string;
  onAttempt: (signIn: SignIn) => void;
  onNext: (next: NonNullable<Next>) => void;
  onBack: () => void;
}

/** How often it is looked whether another device has answered. */
const every = 3_000;

/** Waits for another device of the person to let this browser in. */
export function DeviceStep({ email, onAttempt, onNext, onBack }: DeviceStepProps) {
  const t = useText();
  const [round, setRound] = useState(0);
  const [state, setState] = useState<"asking" | Extract<Answered, string> | "in">("asking");
  const [failure, setFailure] = useState<unknown>();
  const [phrase, setPhrase] = useState<string>();
  const tell = useRef({ onAttempt, onNext });
  tell.current = { onAttempt, onNext };
  // biome-ignore lint/correctness/useExhaustiveDependencies: each round is a new question.
  useEffect(() => {
    const question = new DeviceQuestion(email, false);
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isGone = false;
    const look = async () => {
      const answer = await question.look();
      if (isGone) return;
      if (typeof answer === "string") {
        setState(answer);
        if (answer === "waiting") timer = setTimeout(() => look().catch(setFailure), every);
        return;
      }
      setState("in");
      tell.current.onAttempt(answer.signIn);
      if (answer.next) tell.current.onNext(answer.next);
    };
    const begin = async () => {
      setFailure(undefined);
      setState("asking");
      setPhrase(undefined);
      setPhrase(await question.ask());
      if (isGone) question.cancel();
      else await look();
    };
    begin().catch((error) => !isGone && setFailure(error));
    return () => {
      isGone = true;
      clearTimeout(timer);
      question.cancel();
    };
  }, [email, round]);
  const isOver = state === "denied" || state === "over";
  return (
    <SignInGate title={t("askDevice.title")} lead={<span className={styles.who}>{email}</span>}>
      <Problem of={failure} />
      {!failure && !isOver && (
        <Notice tone="wait">
          <p>{t(state === "asking" ? "askDevice.asking" : "askDevice.waiting")}</p>
          <p>{t("askDevice.where")}</p>
          <p>
            {t("askDevice.compare")} <Fingerprint phrase={phrase} />
          </p>
        </Notice>
      )}
      {state === "denied" && <Notice tone="loss">{t("askDevice.denied")}</Notice>}
      {state === "over" && <Notice tone="wait">{t("askDevice.over")}</Notice>}
      <div className={styles.stack}>
        {(isOver || failure !== undefined) && (
          <Button tone="primary" onClick={() => setRound(round + 1)} wide>
            {t("askDevice.again")}
          </Button>
        )}
        <Button tone="quiet" onClick={onBack} wide>
          {t("askDevice.password")}
        </Button>
      </div>
    </SignInGate>
  );
}
