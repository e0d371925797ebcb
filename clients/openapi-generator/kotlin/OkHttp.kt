// A stand-in for the part of OkHttp that the Kotlin client calls, over the client of the JDK: OkHttp is on Maven Central, which not every machine can reach.
// For the check only; a program of yours takes OkHttp.
package okhttp3

import java.io.Closeable
import java.io.File
import java.io.InputStream
import java.net.URI
import java.net.URLEncoder
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse

class MediaType private constructor(val text: String) {
    override fun toString() = text

    companion object {
        fun String.toMediaTypeOrNull(): MediaType? = MediaType(this)
    }
}

class RequestBody(val bytes: ByteArray) {
    companion object {
        @Suppress("UNUSED_PARAMETER")
        fun ByteArray.toRequestBody(type: MediaType? = null) = RequestBody(this)

        fun String.toRequestBody(type: MediaType? = null) = toByteArray().toRequestBody(type)

        fun File.asRequestBody(type: MediaType? = null) = readBytes().toRequestBody(type)
    }
}

class ResponseBody(private val content: ByteArray) {
    fun string() = String(content)

    fun bytes() = content

    fun byteStream(): InputStream = content.inputStream()
}

class Headers private constructor(private val all: Map<String, List<String>>) {
    fun toMultimap(): Map<String, List<String>> = all

    operator fun get(name: String) = all[name.lowercase()]?.lastOrNull()

    class Builder {
        private val all = mutableMapOf<String, MutableList<String>>()

        fun add(name: String, value: String) = apply { all.getOrPut(name.lowercase()) { mutableListOf() }.add(value) }

        fun build() = Headers(all)
    }

    companion object {
        fun Map<String, String>.toHeaders() = Builder().also { builder -> forEach(builder::add) }.build()
    }
}

class HttpUrl(private val text: String) {
    val encodedPathSegments get() = URI(text).rawPath.removePrefix("/").split("/")

    fun newBuilder() = Builder().also { it.text = text.trimEnd('/') }

    override fun toString() = text

    class Builder {
        internal var text = ""

        fun scheme(scheme: String) = apply { text = "$scheme://" }

        fun host(host: String) = apply { text += host }

        fun addPathSegment(segment: String) = apply { text += "/" + URLEncoder.encode(segment, "UTF-8").replace("+", "%20") }

        fun addEncodedPathSegments(segments: String) = apply { text += "/$segments" }

        fun addQueryParameter(name: String, value: String?) =
            apply { text += (if ('?' in text) "&" else "?") + URLEncoder.encode(name, "UTF-8") + "=" + URLEncoder.encode(value ?: "", "UTF-8") }

        fun build() = HttpUrl(text)
    }

    companion object {
        fun String.toHttpUrlOrNull(): HttpUrl? = HttpUrl(this)
    }
}

class FormBody {
    class Builder {
        @Suppress("UNUSED_PARAMETER")
        fun add(name: String, value: String) = this

        fun build(): RequestBody = throw UnsupportedOperationException("no operation sends a form")
    }
}

class MultipartBody {
    class Builder {
        @Suppress("UNUSED_PARAMETER")
        fun setType(type: MediaType) = this

        @Suppress("UNUSED_PARAMETER")
        fun addPart(headers: Headers, body: RequestBody) = this

        fun build(): RequestBody = throw UnsupportedOperationException("no operation sends a form")
    }

    companion object {
        val FORM = with(MediaType) { "multipart/form-data".toMediaTypeOrNull()!! }
    }
}

class Request(internal val inner: HttpRequest) {
    class Builder {
        private val inner = HttpRequest.newBuilder()

        fun url(url: HttpUrl) = apply { inner.uri(URI(url.toString())) }

        fun method(method: String, body: RequestBody?) =
            apply { inner.method(method, HttpRequest.BodyPublishers.ofByteArray(body?.bytes ?: ByteArray(0))) }

        fun head() = method("HEAD", null)

        fun delete(body: RequestBody?) = method("DELETE", body)

        fun patch(body: RequestBody) = method("PATCH", body)

        fun put(body: RequestBody) = method("PUT", body)

        fun post(body: RequestBody) = method("POST", body)

        fun headers(headers: Headers) = apply { headers.toMultimap().forEach { (name, values) -> values.forEach { inner.header(name, it) } } }

        fun build() = Request(inner.build())
    }
}

class Response(private val inner: HttpResponse<ByteArray>) : Closeable {
    val code get() = inner.statusCode()
    val message get() = ""
    val isSuccessful get() = code in 200..299
    val isRedirect get() = code in 300..399
    val body: ResponseBody? get() = ResponseBody(inner.body())
    val headers get() = Headers.Builder().also { all -> inner.headers().map().forEach { (name, values) -> values.forEach { all.add(name, it) } } }.build()

    fun header(name: String) = headers[name]

    override fun close() {}
}

interface Callback

interface Call {
    fun execute(): Response

    interface Factory {
        fun newCall(request: Request): Call
    }
}

class OkHttpClient : Call.Factory {
    private val client = HttpClient.newHttpClient()

    override fun newCall(request: Request) =
        object : Call {
            override fun execute() = Response(client.send(request.inner, HttpResponse.BodyHandlers.ofByteArray()))
        }

    class Builder {
        fun build() = OkHttpClient()
    }
}
