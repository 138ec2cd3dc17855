/** Where the controller is on the system bus. */
export const NAME = 'org.cgipool1';
export const PATH = '/org/cgipool1';
export const INTERFACE = 'org.cgipool1.Controller';
