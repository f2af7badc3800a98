import { Select } from "../../kit/field.tsx";
import { Screen as Page, Section } from "../../kit/frame.tsx";
import { setTheme, type Theme, themes, useTheme } from "../../kit/theme.ts";
import { toast } from "../../kit/toast.tsx";
import { type Language, useLanguage, useText } from "../../text/t.ts";
import { lockAfter, lockChoices, setLockAfter } from "../../vault/browser.ts";
import { languageOptions } from "../parts/gate-footer.tsx";
import { chooseLanguage } from "../parts/language.ts";
import styles from "./settings.module.css";

/** What a person wishes of this browser. */
export function Screen() {
  const t = useText();
  const language = useLanguage();
  const theme = useTheme();
  return (
    <Page title={t("preferences.title")} lead={t("preferences.lead")}>
      <Section title={t("preferences.appearance")}>
        <div className={styles.fields}>
          <Select
            label={t("language.label")}
            value={language}
            onChange={({ target }) => chooseLanguage(target.value as Language)}
            options={languageOptions}
          />
          <Select
            label={t("theme.label")}
            value={theme}
            onChange={({ target }) => setTheme(target.value as Theme)}
            options={themes.map((value) => ({ value, label: t(`theme.${value}`) }))}
          />
        </div>
      </Section>
      <Section title={t("preferences.locking")}>
        <div className={styles.fields}>
          <Select
            label={t("preferences.lockAfter")}
            hint={t("preferences.lockHint")}
            defaultValue={lockAfter()}
            onChange={({ target }) => {
              setLockAfter(Number(target.value));
              toast(t("preferences.saved"));
            }}
            options={lockChoices.map((count) => ({
              value: String(count),
              label: count ? t("preferences.minutes", { count }) : t("preferences.never"),
            }))}
          />
        </div>
      </Section>
      <p>
        <a href="/licenses.txt">{t("preferences.licenses")}</a>
      </p>
    </Page>
  );
}
