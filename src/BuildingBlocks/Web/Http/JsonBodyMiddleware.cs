using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>
/// Checks every JSON body before the endpoint: it must be present, unless it is optional, and be UTF-8 (RFC 8259, section 8.1), and
/// name no field twice. The serializer only checks the fields that the endpoint reads; this checks all bytes, including names and ignored
/// fields. It runs after the authorization, so that it does not wait for bodies of anonymous callers.
/// </summary>
public sealed class JsonBodyMiddleware(RequestDelegate next)
{
    private const string Json = "application/json";
    private const string Utf8Name = "utf-8";
    private const string Identity = "identity";
    private static readonly JsonDocumentOptions UniqueNames = new() { AllowDuplicateProperties = false };

    public Task Invoke(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>() is not { } accepts) return next(context);
        RequirePlain(context);
        if (context.Request.ContentType is not { } type) return next(context);
        RequireUtf8(context.Request, type);
        if (!type.StartsWith(Json, StringComparison.OrdinalIgnoreCase) && !context.Request.HasJsonContentType()) return next(context);
        var check = Check(context.Request.BodyReader, accepts.IsOptional, context.RequestAborted);
        // A short body has arrived with the headers: nothing to wait for, nothing to allocate.
        return check.IsCompletedSuccessfully ? next(context) : GoOn(check, context);
    }

    private async Task GoOn(ValueTask check, HttpContext context)
    {
        await check;
        await next(context);
    }

    /// <summary>Rejects encoded bodies: compressed data must not be read as plain data (RFC 9110, section 15.5.16).</summary>
    private static void RequirePlain(HttpContext context)
    {
        var encodings = context.Request.Headers.ContentEncoding;
        if (encodings.Count == 0 || encodings.All(encoding => string.IsNullOrWhiteSpace(encoding) || Identity.Equals(encoding.Trim(),
            StringComparison.OrdinalIgnoreCase)))
        {
            return;
        }
        context.Response.Headers.AcceptEncoding = Identity;
        throw AppError.WrongType("The body must not be compressed or encoded in another way.");
    }

    private static void RequireUtf8(HttpRequest request, string type)
    {
        if (!type.Contains("charset", StringComparison.OrdinalIgnoreCase)) return;
        var charset = MediaTypeHeaderValue.TryParse(type, out var parsed) ? parsed.Charset.Value : null;
        if (!Utf8Name.Equals(charset?.Trim('"'), StringComparison.OrdinalIgnoreCase))
        {
            throw AppError.WrongType("The charset must be utf-8.");
        }
        if (charset!.Length == Utf8Name.Length) return;
        // A quoted charset is valid (RFC 9110, section 5.6.6), but the framework treats the quotes as part of the name.
        parsed!.Charset = Utf8Name;
        request.ContentType = parsed.ToString();
    }

    /// <summary>Waits for the whole body, whose size the server limits, and leaves all of it to the endpoint.</summary>
    private static async ValueTask Check(PipeReader body, bool isOptional, CancellationToken ct)
    {
        var read = await ReadAll(body, ct);
        var (isEmpty, isUtf8) = (read.Buffer.IsEmpty, IsUtf8(read.Buffer));
        var isAmbiguous = !isEmpty && isUtf8 && NamesFieldTwice(read.Buffer);
        body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        if (isEmpty && !isOptional) throw AppError.BadRequest("body_required", "The request needs a JSON body.");
        if (!isUtf8) throw AppError.BadRequest("malformed_json", "The request body is not valid UTF-8.");
        if (isAmbiguous) throw AppError.BadRequest("malformed_json", "The request body names a field twice.");
    }

    private static async ValueTask<ReadResult> ReadAll(PipeReader body, CancellationToken ct)
    {
        try
        {
            ReadResult read;
            while (!(read = await body.ReadAsync(ct)).IsCompleted) body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            return read;
        }
        catch (IOException error) when (error is not BadHttpRequestException)
        {
            // The server does not report every invalid framing as a bad request, for example an overflow of a chunk size.
            throw AppError.BadRequest("bad_request", "The request body cannot be read.", error);
        }
    }

    private static bool NamesFieldTwice(in ReadOnlySequence<byte> body)
    {
        try
        {
            using var read = JsonDocument.Parse(body, UniqueNames);
            return false;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // All other errors are the serializer's, which knows the field.
            return error is JsonException json && ProblemMiddleware.IsDuplicate(json);
        }
    }

    private static bool IsUtf8(in ReadOnlySequence<byte> body)
    {
        if (body.IsSingleSegment) return Utf8.IsValid(body.FirstSpan);
        // A character may span two segments.
        var length = (int)body.Length;
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        body.CopyTo(bytes);
        var isUtf8 = Utf8.IsValid(bytes.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(bytes);
        return isUtf8;
    }
}
