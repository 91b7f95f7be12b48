import '#libs/ops'; // planted: imports/flow-embargo
import '#libs/kernel';
