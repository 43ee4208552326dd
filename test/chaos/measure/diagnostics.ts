/** What the commands of a transcript have told of failures, each under its command: the rest of a transcript is a line for every resource. */
export function diagnosticsOf(transcript: string): string[] {
  return transcript.split(/^(?=\$ pulumi )/m).flatMap((command) => {
    const [, said] =
      /^Diagnostics:\n([^]*?)(?=^(?:Outputs|Resources|Duration):|(?![^]))/m.exec(command) ?? [];
    const [title = ""] = command.split("\n", 1);
    return said === undefined ? [] : [title, said.trimEnd()];
  });
}
