import '#libs/ops'; // planted: imports/flow-engagement
import '#libs/kernel';
