/** Keys that lead to places of the page. The page can be used without them. */
document.addEventListener('keydown', focusSearch)
document.addEventListener('keydown', focusReading)

/** `/` leads to the search from everywhere but a field in which it can be typed. */
function focusSearch(event) {
  const isTyping = event.target instanceof Element && event.target.closest('input, select, textarea') !== null
  if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return
  event.preventDefault()
  const field = document.getElementById('find')
  field?.focus()
  field?.select()
}

/** One column of a chart is a stop for the Tab key; arrow keys lead to the others. */
function focusReading(event) {
  const button = event.target instanceof Element ? event.target.closest('.reading') : null
  const item = button?.parentElement
  const next =
    event.key === 'ArrowLeft'
      ? item?.previousElementSibling
      : event.key === 'ArrowRight'
        ? item?.nextElementSibling
        : null
  if (!next) return
  event.preventDefault()
  const [from, to] = [button, next.firstElementChild]
  from.tabIndex = -1
  to.tabIndex = 0
  to.focus()
}
