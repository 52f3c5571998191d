/** Takes a file that is dropped anywhere on the page. Without this script, only the field itself takes it. */
const field = document.querySelector('input.drop');
const hasFile = ({ dataTransfer }) => dataTransfer?.types.includes('Files');

addEventListener('dragover', (event) => {
  if (hasFile(event)) event.preventDefault();
});
addEventListener('drop', (event) => {
  if (!hasFile(event)) return;
  event.preventDefault(); // otherwise the browser leaves the page and shows the file
  field.files = event.dataTransfer.files;
  field.focus();
});
