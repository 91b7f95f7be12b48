import '#libs/ops'; // planted: imports/flow-accounts
import '#libs/kernel';
