using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using BigTech.BuildingBlocks.Streaming;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;

namespace BigTech.BuildingBlocks.Web.Docs;

/// <summary>
/// Errors in the API description: what each status means, its form and headers, and the codes that each operation can answer, with an
/// example of each. The codes are those of its <see cref="Refusals"/> and those that its form implies.
/// </summary>
internal static class ErrorAnswers
{
    private const string RetryAfter = "Retry-After";
    private const string ProblemType = "application/problem+json";
    private const string ProblemSchema = nameof(ProblemDetails);
    private const string ExampleTrace = "9d1f4c27b0e84f5a8c3e6d2a71b05f94";

    private static readonly string[] Limits = ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"];

    private static readonly TimeSpan SomeSeconds = TimeSpan.FromSeconds(5);

    private static readonly Dictionary<int, string> Meanings = new()
    {
        [StatusCodes.Status400BadRequest] = "The request cannot be read, or is about the caller.",
        [StatusCodes.Status401Unauthorized] = "Not signed in, or not any more.",
        [StatusCodes.Status403Forbidden] = "The caller may not do this.",
        [StatusCodes.Status404NotFound] = "There is no such thing, or it is not the caller's.",
        [StatusCodes.Status408RequestTimeout] = "The body came too slowly.",
        [StatusCodes.Status409Conflict] = "The present state does not allow it.",
        [StatusCodes.Status413PayloadTooLarge] = "The body is too large.",
        [StatusCodes.Status415UnsupportedMediaType] = "The body is of another type, charset or encoding.",
        [StatusCodes.Status422UnprocessableEntity] = "Something in the request is invalid; `errors` says what, by field.",
        [StatusCodes.Status429TooManyRequests] = "Too many requests; `Retry-After` says when the next one is worth it.",
        [StatusCodes.Status503ServiceUnavailable] = "It cannot be answered now; `Retry-After` says when to try again.",
    };

    private static readonly AppError Invalid = AppError.Invalid("limit", "Must be between 1 and 100.");

    private static readonly AppError[] OfCallers = [BearerChallenge.NotSignedIn(), BearerChallenge.InvalidToken()];

    /// <summary>The errors of <see cref="JsonBodyMiddleware"/>, the framework and the server's limits.</summary>
    private static readonly AppError[] OfBodies =
    [
        AppError.BadRequest("body_required", "The request needs a JSON body."),
        AppError.BadRequest("malformed_json", "The request body is not valid JSON."),
        AppError.BadRequest("bad_request", "The request body cannot be read."),
        AppError.TooSlow("The request body came too slowly."),
        AppError.TooLarge("The request body is too large."),
        AppError.WrongType("The content type must be application/json."),
        Invalid,
    ];

    private static readonly AppError[] OfStreams = [StreamRegistry.TooManyStreams(64), StreamRegistry.TooManyReplays(2)];

    /// <summary>What limits, stores and services behind the gateway refuse, whatever the operation.</summary>
    private static readonly AppError[] OfAll =
    [
        AppError.TooMany("rate_limited", "At most 60 messages and changes in rooms are allowed a minute.", SomeSeconds),
        AppError.Unavailable("store_unavailable", "The store cannot take writes now."),
        AppError.Unavailable("overloaded", "The store has more waiting writes than it may hold."),
        AppError.Unavailable("service_unavailable", "The Chat Service cannot be reached now."),
        AppError.Unavailable("shared_state_unavailable", "What the servers share cannot be reached now."),
        AppError.Unavailable("keys_unavailable", "Access tokens cannot be checked yet."),
    ];

    /// <summary>The errors that come with all others of their status, unless the operation has some of its own.</summary>
    private static readonly HashSet<AppError> Common = [.. OfAll, .. OfCallers, .. OfBodies];

    /// <summary>Adds the headers that errors share to a document.</summary>
    public static void DescribeHeaders(OpenApiComponents components)
    {
        components.Headers = new Dictionary<string, IOpenApiHeader>
        {
            [RetryAfter] = Seconds("In so many seconds the request is worth another try."),
            [Limits[0]] = Seconds("How many requests of this kind the window allows."),
            [Limits[1]] = Seconds("How many are left in it."),
            [Limits[2]] = Seconds("In so many seconds there are more."),
        };

        static OpenApiHeader Seconds(string description) => new()
        {
            Description = description,
            Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "0" },
        };
    }

    /// <summary>Gives an operation its errors.</summary>
    public static async Task Describe(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var own = metadata.OfType<Refusals>().ToList();
        // A check of health is no operation of the API: it says what it finds.
        if (own.Count == 0) return;
        var implied = ImpliedBy(operation, metadata);
        var all = own.SelectMany(refusals => refusals.Errors).Concat(implied).DistinctBy(error => error.Code);
        if (context.Document!.Components?.Schemas?.ContainsKey(ProblemSchema) != true)
        {
            context.Document.AddComponent(ProblemSchema, await context.GetOrCreateSchemaAsync(typeof(ProblemDetails), null, ct));
        }
        operation.Responses ??= [];
        foreach (var errors in all.GroupBy(error => error.Kind.ToStatus()).OrderBy(errors => errors.Key))
        {
            operation.Responses[$"{errors.Key}"] = errors.All(Common.Contains)
                ? Shared(errors.Key, [.. errors], context.Document!)
                : Answer(errors.Key, [.. errors], context.Document!);
        }
    }

    private static List<AppError> ImpliedBy(OpenApiOperation operation, IList<object> metadata)
    {
        var implied = new List<AppError>(OfAll);
        if (!metadata.OfType<IAllowAnonymous>().Any()) implied.AddRange(OfCallers);
        if (operation.RequestBody is not null) implied.AddRange(OfBodies);
        if (operation.Parameters?.Any(parameter => parameter.In == ParameterLocation.Query) == true) implied.Add(Invalid);
        if (metadata.OfType<AcceptsTicket>().Any()) implied.AddRange([PresentedTicket.Invalid(), .. OfStreams]);
        if (metadata.OfType<AcceptsBrowserSession>().Any()) implied.Add(BearerMiddleware.BrowserSessionEnded());
        return implied;
    }

    /// <summary>An answer that many operations have.</summary>
    private static OpenApiResponseReference Shared(int status, AppError[] errors, OpenApiDocument document)
    {
        var name = ReasonPhrases.GetReasonPhrase(status).Replace(" ", "", StringComparison.Ordinal);
        if (document.Components?.Responses?.ContainsKey(name) != true) document.AddComponent(name, Answer(status, errors, document));
        return new OpenApiResponseReference(name, document);
    }

    private static OpenApiResponse Answer(int status, AppError[] errors, OpenApiDocument document)
    {
        var codes = string.Join(", ", errors.Select(error => $"`{error.Code}`"));
        var answer = new OpenApiResponse
        {
            Description = $"{Meanings[status]} `code`: {codes}.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [ProblemType] = new()
                {
                    Schema = new OpenApiSchemaReference(ProblemSchema, document),
                    Examples = errors.ToDictionary(error => error.Code, IOpenApiExample (error) => Example(error, status, document)),
                },
            },
        };
        foreach (var header in HeadersOf(status))
        {
            answer.Headers ??= new Dictionary<string, IOpenApiHeader>();
            answer.Headers[header] = new OpenApiHeaderReference(header, document);
        }
        return answer;
    }

    private static OpenApiExampleReference Example(AppError error, int status, OpenApiDocument document)
    {
        if (document.Components?.Examples?.ContainsKey(error.Code) != true)
        {
            var body = new ArrayBufferWriter<byte>();
            using (var json = new Utf8JsonWriter(body, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            {
                ProblemJson.Write(json, status, error.Code, error.Message, ExampleTrace, error);
            }
            document.AddComponent(error.Code, new OpenApiExample { Value = JsonNode.Parse(body.WrittenSpan) });
        }
        return new OpenApiExampleReference(error.Code, document);
    }

    private static IEnumerable<string> HeadersOf(int status) => status switch
    {
        StatusCodes.Status429TooManyRequests => [RetryAfter, .. Limits],
        StatusCodes.Status503ServiceUnavailable => [RetryAfter],
        _ => [],
    };
}
