import '#libs/ops'; // planted: imports/flow-desk
import '#libs/kernel';
