/**
 * What the original says, to the letter and with its spelling: clients of the original compare these texts
 * (COMMANDER.md, parts 3 and 4).
 */
export const SUCCESS = {
  passwordChanged: 'successfully changed the password for your account',
  authenticated: 'authentication token is valid',
  accountAdded: 'successfully created new admin account',
  accountRemoved: 'successfully deleted admin account',
  libraryAdded: 'successfully added new executable to the commander library',
  libraryChanged: 'successfully updated the job in the library',
  libraryRemoved: 'successfully deleted the job from the library',
  jobAssigned: 'job successfully submitted -- waiting for agent to check in',
  resultSaved: 'successfully saved job response',
} as const;

export const REFUSED = {
  unknownUsername: 'username not found',
  wrongPassword: 'password does not match',
  usernameTaken: 'username already taken',
  missingToken: 'Missing Authorization Header',
  badTokenHeader: "Bad Authorization header. Expected 'Authorization: Bearer <JWT>'",
  expiredToken: 'Token has expired',
  tokenWithoutAccount: 'The account of this token was removed',
  filenameTaken: 'file name already exists in the library',
  fileNotUploaded: 'file not uploaded with request',
  noLibraryToChange: 'there is no job library yet',
  emptyLibrary: 'there are no jobs in the library yet',
  notInLibrary: 'no existing job with that file name',
  nothingToChange: 'niether a new file nor a new description was provided',
  nothingToAssign: 'the library contains no executable with the given filename',
  noSuchHost: 'no hosts found matching the agentID in the request',
  unknownAgent: 'agent ID not found',
  notJsonObject: 'please ensure Content-Type is application/json',
  hostnameMissing: 'hostname not found in the request',
  hostnameWrong: 'hostname in the request was not standard FQDN format',
  wrongRegistrationKey: 'invalild registration key',
  noRegistrationKey: 'no registration key has been generated yet',
  nothingToDownload: 'no matching job available for download',
  fileMissing: 'job file missing -- please contact an administrator',
  nothingRunning: 'no matching jobs were supposed to be running',
} as const;

/** The original prints lists as Python does. */
function listNames(names: readonly string[]): string {
  return `['${names.join("', '")}']`;
}

export function missingParameters(headers: readonly string[], data: readonly string[]): string {
  const groups = [
    ...(headers.length > 0 ? [`headers=${listNames(headers)}`] : []),
    ...(data.length > 0 ? [`data=${listNames(data)}`] : []),
  ];
  return `request is missing the following parameters: ${groups.join(', ')}`;
}

export function missingJobFields(names: readonly string[]): string {
  return `the job in the request is missing the following fields: ${listNames(names)}`;
}

/** The shape of errors that the original's framework made, not its code. */
export function genericError(code: number, name: string, description: string): object {
  return { code, name, description };
}

export const GENERIC = {
  badRequest: genericError(
    400,
    'Bad Request',
    'The browser (or proxy) sent a request that this server could not understand.',
  ),
  notFound: genericError(
    404,
    'Not Found',
    'The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.',
  ),
  internal: genericError(
    500,
    'Internal Server Error',
    'The server encountered an internal error and was unable to complete your request. Either the server is overloaded or there is an error in the application.',
  ),
} as const;
