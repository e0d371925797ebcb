// A plugin of Swagger UI. Its dialog "Authorize" asks each of its boxes to take the focus, so the last of them has it, and a pasted token lands there.
// This plugin gives the focus to the first box: `bearer`, which is for everyone who signed in with `login`.
const AuthorizeFirst = () => ({
  wrapComponents: {
    authorizationPopup: (Popup, { React }) =>
      class extends React.Component {
        componentDidMount() {
          document.querySelector(".auth-container input")?.focus();
        }
        render() {
          return React.createElement(Popup, this.props);
        }
      },
  },
});
