/** Makes a command that somebody pastes go to the org that is meant, whatever the default org of that terminal is. */
export function onOrg(command: string, username: string | undefined): string {
  return username === undefined ? command : `${command} --target-org ${username}`;
}
