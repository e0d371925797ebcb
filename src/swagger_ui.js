// A plugin of Swagger UI. Its dialog "Authorize" asks each of its boxes to take the focus, so the last of them has it, and a pasted token lands there.
// This plugin gives the focus to the first box: `bearer`, which is for everyone who signed in with `login`.
const AuthorizeFirst = () => ({
  wrapComponents: {
    authorizationPopup: (Popup, { React }) =>
      class extends React.Component {
        componentDidMount() {
          document.querySelector(".auth-container input")?.focus({ preventScroll: true });
        }
        render() {
          return React.createElement(Popup, this.props);
        }
      },
  },
});

// A plugin of Swagger UI that makes it ready sooner. The contract is JSON, so it is not read as YAML. Its security schemes contain no reference, so they are
// taken as they are: resolving them would resolve the whole contract, which takes most of the time until the page is ready. Each operation is still
// resolved when it is opened.
const QuickStart = () => ({
  statePlugins: {
    spec: {
      actions: {
        parseToJson:
          (text) =>
          ({ specActions, specSelectors }) => {
            specActions.updateJsonSpec(JSON.parse(text || specSelectors.specStr()));
            return {};
          },
      },
      wrapActions: {
        requestResolvedSubtree:
          (original, { specActions, specSelectors }) =>
          (path) =>
            path.join() === "components,securitySchemes"
              ? specActions.updateResolvedSubtree(path, specSelectors.specJson().getIn(path).toJS())
              : original(path),
      },
    },
  },
});
