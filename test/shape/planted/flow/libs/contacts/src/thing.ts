import '#libs/documents'; // planted: imports/flow-contacts
import '#libs/kernel';
