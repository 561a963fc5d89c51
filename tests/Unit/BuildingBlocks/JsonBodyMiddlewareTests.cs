using System.IO.Pipelines;
using System.Text;
using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Web.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace BigTech.Tests.Unit.BuildingBlocks;

public sealed class JsonBodyMiddlewareTests
{
    private static readonly byte[] Korean = Encoding.UTF8.GetBytes("{\"content\":\"안녕하세요 😀\"}");

    [Fact]
    public async Task The_endpoint_reads_the_whole_body_that_was_looked_at()
    {
        (await Read(Korean)).ShouldBe(Korean);
    }

    [Fact]
    public async Task A_body_may_come_byte_by_byte()
    {
        (await Read([.. Korean.Select(part => new[] { part })])).ShouldBe(Korean);
    }

    [Theory]
    [InlineData("{\"ignored\":\"\u00ff\"}")]
    [InlineData("{\"\u00ff\":1}")]
    [InlineData("{\"a\":\"\u00ed\u00a0\u0080\"}")]
    [InlineData("{\"a\":1}\u00e2\u0082")]
    public async Task Bytes_that_are_no_text_are_malformed_wherever_they_are(string body)
    {
        var bytes = Encoding.Latin1.GetBytes(body);

        (await Should.ThrowAsync<AppError>(() => Read(bytes))).Code.ShouldBe("malformed_json");
        (await Should.ThrowAsync<AppError>(() => Read([.. bytes.Select(part => new[] { part })]))).Code.ShouldBe("malformed_json");
    }

    [Fact]
    public async Task A_body_must_be_there()
    {
        (await Should.ThrowAsync<AppError>(() => Read([]))).Code.ShouldBe("body_required");
    }

    [Theory]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/json; charset=klingon")]
    [InlineData("application/x-www-form-urlencoded; charset=latin1")]
    public async Task Another_charset_is_refused(string type)
    {
        (await Should.ThrowAsync<AppError>(() => Read(Context(type), Korean))).Code.ShouldBe("wrong_content_type");
    }

    [Theory]
    [InlineData("application/json; charset=UTF-8")]
    [InlineData("application/json; charset=\"utf-8\"")]
    [InlineData("application/problem+json")]
    public async Task UTF_8_may_be_said(string type)
    {
        (await Read(Context(type), Korean)).ShouldBe(Korean);
    }

    [Theory]
    [InlineData("application/json; charset=\"utf-8\"")]
    [InlineData("application/json;charset=\"UTF-8\"")]
    public async Task A_quoted_charset_comes_to_the_endpoint_without_its_quotes(string type)
    {
        var http = Context(type);
        await Read(http, Korean);
        http.Request.ContentType.ShouldBe("application/json; charset=utf-8");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("identity, br")]
    [InlineData("identity", "deflate")]
    public async Task An_encoded_body_is_refused_with_the_accepted_encodings(params string[] encodings)
    {
        var http = Context("application/json");
        http.Request.Headers.ContentEncoding = encodings;

        (await Should.ThrowAsync<AppError>(() => Read(http, Korean))).Kind.ShouldBe(ErrorKind.UnsupportedMediaType);
        http.Response.Headers.AcceptEncoding.ToString().ShouldBe("identity");
    }

    [Theory]
    [InlineData("identity")]
    [InlineData("Identity")]
    [InlineData("")]
    public async Task A_plain_body_may_be_called_so(string encoding)
    {
        var http = Context("application/json");
        http.Request.Headers.ContentEncoding = encoding;

        (await Read(http, Korean)).ShouldBe(Korean);
    }

    [Fact]
    public async Task A_body_that_the_server_cannot_read_is_the_clients_fault()
    {
        var http = Context("application/json");
        var pipe = new Pipe();
        await pipe.Writer.CompleteAsync(new IOException("Bad chunk size data."));
        http.Features.Set<IRequestBodyPipeFeature>(new Body(pipe.Reader));

        (
            await Should.ThrowAsync<AppError>(
                () => new JsonBodyMiddleware(_ => Task.CompletedTask).Invoke(http))).Code.ShouldBe("bad_request");
    }

    [Fact]
    public async Task What_is_not_JSON_is_not_looked_at()
    {
        (await Read(Context("application/octet-stream"), [0xff])).ShouldBe([0xff]);
    }

    [Fact]
    public async Task An_endpoint_without_a_body_does_not_wait_for_one()
    {
        var http = Context("application/json", new EndpointMetadataCollection());
        http.Features.Set<IRequestBodyPipeFeature>(new Body(new Pipe().Reader));
        var reached = false;

        await new JsonBodyMiddleware(_ =>
        {
            reached = true;
            return Task.CompletedTask;
        }).Invoke(http);

        reached.ShouldBeTrue();
    }

    private static Task<byte[]> Read(params byte[][] parts) => Read(Context("application/json"), parts);

    /// <summary>What the endpoint reads from a body that arrives in parts.</summary>
    private static async Task<byte[]> Read(DefaultHttpContext http, params byte[][] parts)
    {
        var pipe = new Pipe(new PipeOptions(minimumSegmentSize: 16));
        http.Features.Set<IRequestBodyPipeFeature>(new Body(pipe.Reader));
        byte[] read = [];
        var answer = new JsonBodyMiddleware(async context => read = await ReadToEnd(context.Request.BodyReader)).Invoke(http);
        foreach (var part in parts) await pipe.Writer.WriteAsync(part);
        await pipe.Writer.CompleteAsync();
        await answer;
        return read;
    }

    private static async Task<byte[]> ReadToEnd(PipeReader body)
    {
        var all = new MemoryStream();
        await body.CopyToAsync(all);
        return all.ToArray();
    }

    private static DefaultHttpContext Context(string type, EndpointMetadataCollection? metadata = null)
    {
        var http = new DefaultHttpContext();
        http.Request.ContentType = type;
        http.SetEndpoint(new Endpoint(null, metadata ?? new EndpointMetadataCollection(new AcceptsMetadata([type])), "test"));
        return http;
    }

    private sealed record Body(PipeReader Reader) : IRequestBodyPipeFeature;
}
