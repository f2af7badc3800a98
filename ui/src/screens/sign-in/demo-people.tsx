import type { AppDemoPerson } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { useText } from "../../text/t.ts";
import styles from "./sign-in.module.css";

export interface DemoPeopleProps {
  people: AppDemoPerson[];
  onChoose: (values: FormData) => void;
}

/** The people of the demo, one press away. The server publishes their password. */
export function DemoPeople({ people, onChoose }: DemoPeopleProps) {
  const t = useText();
  const choose = (person: AppDemoPerson) => {
    const values = new FormData();
    values.set("email", person.email);
    onChoose(values);
  };
  return (
    <section className={styles.people} aria-labelledby="demo">
      <h2 id="demo">{t("demo.title")}</h2>
      <p>{t("demo.lead")}</p>
      {people.map((person) => (
        <Button key={person.email} onClick={() => choose(person)}>
          {t("demo.use", { name: person.name })}
        </Button>
      ))}
      <a href="/demo/mail">{t("demo.mailbox")}</a>
    </section>
  );
}
