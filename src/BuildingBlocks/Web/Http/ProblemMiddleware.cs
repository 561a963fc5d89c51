using System.Diagnostics;
using System.Text.Json;
using BigTech.Contracts.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>
/// Turns expected errors, bad requests and defects into responses: RFC 9457 problem details with a stable code and the trace id. Responses
/// of the framework without a body (404, 405, 415) get one as well. A browser's EventSource, which shows no status to its page, gets what
/// it understands instead.
/// </summary>
public sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    public async Task Invoke(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception error) when (IsReset(error))
        {
            // There is no receiver for a response. Kestrel notices later; until then it would read on, which fails and is logged.
            context.Abort();
        }
        catch (AppError error)
        {
            await Write(context, error);
        }
        catch (BadHttpRequestException error)
        {
            await Write(context, FromBadRequest(error));
        }
        catch (OperationCanceledException error)
            when (context.RequestAborted.IsCancellationRequested || error.InnerException is ConnectionAbortedException)
        {
            // The client has disconnected, or shutdown has aborted the connection; there is no receiver for a response.
        }
        catch (Exception error)
        {
            LogDefect(error, context.Request.Method, context.GetEndpoint()?.DisplayName);
            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }
            await WriteProblem(
                context, StatusCodes.Status500InternalServerError, "internal_error", "The server met an unexpected condition.", null);
        }
        if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null })
        {
            var (code, detail) = ForStatus(context.Response.StatusCode);
            await WriteProblem(context, context.Response.StatusCode, code, detail, null);
        }
    }

    /// <summary>Writes an error as the response.</summary>
    public static Task Write(HttpContext context, AppError error)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }
        if (error.RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }
        return WriteProblem(context, error.Kind.ToStatus(), error.Code, error.Message, error);
    }

    private static async Task WriteProblem(HttpContext context, int status, string code, string detail, AppError? error)
    {
        if (EventSourceRequest.Is(context.Request) && await EventSourceRequest.TryAnswer(context, status, code, error?.RetryAfter)) return;
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/problem+json";
        await using var json = new Utf8JsonWriter(response.BodyWriter);
        ProblemJson.Write(json, status, code, detail, Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier, error);
        await json.FlushAsync(context.RequestAborted);
    }

    /// <summary>Whether the client has reset its connection in the middle of the body.</summary>
    private static bool IsReset(Exception? error)
    {
        while (error is not null and not ConnectionResetException) error = error.InnerException;
        return error is not null;
    }

    private static AppError FromBadRequest(BadHttpRequestException error)
    {
        if (error.StatusCode == StatusCodes.Status413PayloadTooLarge) return AppError.TooLarge("The request body is too large.");
        if (error.StatusCode == StatusCodes.Status408RequestTimeout) return AppError.TooSlow("The request body came too slowly.");
        if (error.StatusCode == StatusCodes.Status415UnsupportedMediaType)
        {
            return AppError.WrongType("The content type must be application/json.");
        }
        if (error.InnerException is JsonException json)
        {
            if (IsMalformed(json) || json.Path is null) return AppError.BadRequest("malformed_json", "The request body is not valid JSON.");
            if (IsDuplicate(json)) return AppError.BadRequest("malformed_json", "The request body names a field twice.");
            return AppError.Invalid(FieldOf(json.Path), TextOf(json));
        }
        if (error.Message.Contains("body", StringComparison.Ordinal))
        {
            return AppError.BadRequest("body_required", "The request needs a JSON body.");
        }
        return error.Message.Split('"') is [_, _, _, ..] parts
            ? AppError.Invalid(JsonNamingPolicy.SnakeCaseLower.ConvertName(parts[1].Split(' ')[^1]), "Is missing or has the wrong type.")
            : AppError.BadRequest("bad_request", "The request cannot be understood.");
    }

    /// <summary>
    /// The serializer wraps syntax errors: an error of its reader or of decoding a string. All other errors are valid JSON of the wrong
    /// shape.
    /// </summary>
    private static bool IsMalformed(JsonException error) => error.InnerException switch
    {
        JsonException => true,
        InvalidOperationException undecodable =>
            undecodable.InnerException is not null || undecodable.Message.Contains("UTF-16", StringComparison.Ordinal),
        _ => false,
    };

    // The serializer has no other sign of these two than its words; tests notice if they change.
    internal static bool IsDuplicate(JsonException error) => error.Message.StartsWith("Duplicate propert", StringComparison.Ordinal);

    private static string TextOf(JsonException error)
    {
        if (error is JsonFieldException) return error.Message;
        return error.Message.Contains("could not be mapped", StringComparison.Ordinal) ? "Is not a field here." : "Has the wrong type.";
    }

    private static string FieldOf(string path) => path is "$" ? "body" : path.TrimStart('$').TrimStart('.').Split('[')[0];

    private static (string Code, string Detail) ForStatus(int status) => status switch
    {
        StatusCodes.Status404NotFound => ("not_found", "There is nothing at this path."),
        StatusCodes.Status405MethodNotAllowed => ("method_not_allowed", "This path does not take this method."),
        StatusCodes.Status415UnsupportedMediaType => ("wrong_content_type", "The content type must be application/json."),
        StatusCodes.Status413PayloadTooLarge => ("too_large", "The request body is too large."),
        _ => ("refused", ReasonPhrases.GetReasonPhrase(status)),
    };

    [LoggerMessage(1, LogLevel.Error, "Unexpected error in {Method} {Endpoint}")]
    private partial void LogDefect(Exception error, string method, string? endpoint);
}
