import '#libs/releases'; // planted: imports/flow-documents
import '#libs/kernel';
