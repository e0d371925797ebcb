use std::collections::HashMap;

use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, HttpResponse, web};

use super::*;
use crate::error::{Code, Error};
use crate::web::operations::{Access, Operation, Operations, find_operation};
use crate::web::problem::problem_responses;

fn made_up() -> Deprecation {
    Deprecation {
        operation: "list_old_things",
        since: "2027-01-04",
        sunset: "2027-07-05",
        guide: "/guide/integrator#old-things",
    }
}

async fn asked(method: Method, path: &str) -> HashMap<String, String> {
    let old = Operation::new(Method::GET, "/old/{id}", Access::Public);
    let operations = Operations::new([
        Operation {
            deprecation: made_up().headers(),
            ..old
        },
        Operation::new(Method::POST, "/old/{id}", Access::Public),
    ]);
    let old = web::resource("/old/{id}")
        .route(web::get().to(async |id: web::Path<String>| {
            match id.as_str() {
                "refused" => Err(Error::new(Code::NotFound)),
                _ => Ok(HttpResponse::Ok()
                    .insert_header(("link", "</old/2>; rel=\"next\""))
                    .finish()),
            }
        }))
        .route(web::post().to(HttpResponse::Ok));
    let app = App::new()
        .app_data(operations)
        .service(old)
        .route("/new", web::get().to(HttpResponse::Ok));
    let app = init_service(
        app.wrap(from_fn(problem_responses))
            .wrap(from_fn(deprecation_headers))
            .wrap(from_fn(find_operation)),
    )
    .await;
    let reply = call_service(
        &app,
        TestRequest::with_uri(path).method(method).to_request(),
    )
    .await;
    let links: Vec<_> = reply
        .headers()
        .get_all("link")
        .map(|value| value.to_str().unwrap())
        .collect();
    let mut said: HashMap<String, String> = reply
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    said.insert("link".to_owned(), links.join(", "));
    said.insert("status".to_owned(), reply.status().as_u16().to_string());
    said
}

#[actix_web::test]
async fn a_made_up_deprecated_operation_says_since_when_until_when_and_where_to_read_on() {
    let said = asked(Method::GET, "/old/1").await;
    // 2027-01-04T00:00:00Z in seconds, as a date of RFC 9651; an HTTP date.
    assert_eq!(said["deprecation"], "@1799020800");
    assert_eq!(said["sunset"], "Mon, 05 Jul 2027 00:00:00 GMT");
    assert_eq!(
        said["link"],
        "</old/2>; rel=\"next\", </guide/integrator#old-things>; rel=\"deprecation\"; type=\"text/html\""
    );
}

#[actix_web::test]
async fn a_refusal_of_it_and_its_head_say_so_too() {
    let refused = asked(Method::GET, "/old/refused").await;
    assert_eq!(
        (refused["status"].as_str(), refused["deprecation"].as_str()),
        ("404", "@1799020800")
    );
    assert!(asked(Method::HEAD, "/old/1").await.contains_key("sunset"));
}

#[actix_web::test]
async fn no_other_operation_says_anything() {
    for (method, path) in [
        (Method::POST, "/old/1"),
        (Method::GET, "/new"),
        (Method::GET, "/nowhere"),
    ] {
        let said = asked(method, path).await;
        assert!(
            !said.contains_key("deprecation") && !said.contains_key("sunset"),
            "{path}: {said:?}"
        );
    }
}
