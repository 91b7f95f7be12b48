import '#libs/accounts'; // planted: imports/flow-audit
import '#libs/kernel';
