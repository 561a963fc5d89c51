using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.OpenApi;

namespace BigTech.BuildingBlocks.Web.Docs;

/// <summary>The API description at <c>/openapi.json</c>, and a page to try it at <c>/docs</c>.</summary>
public static class OpenApi
{
    private const string DocumentName = "v1";
    private const string SchemeName = "bearer";
    private const string PasswordScheme = "password";

    public static IServiceCollection AddApiDescription(this IServiceCollection services, string version) =>
        services.AddOpenApi(DocumentName, options =>
    {
        options.AddSchemaDescriptions();
        // Every GET accepts HEAD, so HEAD is not listed.
        options.ShouldInclude = operation => !HttpMethods.IsHead(operation.HttpMethod ?? "");
        options.AddDocumentTransformer((document, context, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "BigTech Chat",
                Version = version,
                Description = "Accounts, friends, rooms, messages that arrive live, presence, notifications. "
                    + "[Events and streams](../asyncapi.json) are described in AsyncAPI.",
                License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
            };
            document.Servers = [new OpenApiServer { Url = "/api", Description = "The server that this description is of." }];
            DescribeTags(document, context.ApplicationServices.GetServices<ApiTag>());
            document.Components ??= new OpenApiComponents();
            ErrorAnswers.DescribeHeaders(document.Components);
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes[SchemeName] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
                Description = "The access_token of POST /auth/login.",
            };
            document.Components.SecuritySchemes[PasswordScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.OAuth2,
                Flows = new OpenApiOAuthFlows
                {
                    Password = new OpenApiOAuthFlow
                    {
                        TokenUrl = new Uri("/api/auth/login", UriKind.Relative),
                        Scopes = new Dictionary<string, string>(),
                    },
                },
                Description = "For the API page: the username is the e-mail address, and there is no client id or secret.",
            };
            document.Components.SecuritySchemes[BrowserSessionCookies.Name] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Cookie,
                Name = BrowserSessionCookies.Name,
                Description = "The cookie of POST /auth/browser-session: for what a browser gets by itself, such as an EventSource.",
            };
            return Task.CompletedTask;
        });
        options.AddDocumentTransformer(StreamDocs.AddUnions);
        options.AddDocumentTransformer(AnswerExamples.Add);
        options.AddOperationTransformer(async (operation, context, ct) =>
        {
            if (operation.RequestBody is { } body) ShowWithoutNull(body);
            var metadata = context.Description.ActionDescriptor.EndpointMetadata;
            var isAnonymous = metadata.OfType<IAllowAnonymous>().Any();
            if (metadata.OfType<AcceptsTicket>().Any()) StreamDocs.Describe(operation);
            await ErrorAnswers.Describe(operation, context, ct);
            operation.Security = isAnonymous ? [] : [By(SchemeName, context.Document), By(PasswordScheme, context.Document)];
            if (metadata.OfType<AcceptsBrowserSession>().Any())
            {
                operation.Security.Add(By(BrowserSessionCookies.Name, context.Document));
            }
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            var isBody = context.JsonPropertyInfo is null && typeof(IHasExample).IsAssignableFrom(context.JsonTypeInfo.Type);
            if (isBody) schema.Examples = [Example(context.JsonTypeInfo)];
            if (context.JsonTypeInfo.Type == typeof(ProblemDetails)) DescribeProblem(schema);
            // A type with a custom converter would only be described by its format.
            if (context.JsonTypeInfo.Type == typeof(DateTimeOffset)) schema.Type = JsonSchemaType.String;
            if (context.JsonTypeInfo.Type == typeof(DateTimeOffset?)) schema.Type = JsonSchemaType.String | JsonSchemaType.Null;
            return Task.CompletedTask;
        });
    });

    private static OpenApiSecurityRequirement By(string scheme, OpenApiDocument? document) =>
        new() { [new OpenApiSecuritySchemeReference(scheme, document)] = [] };

    private static void DescribeTags(OpenApiDocument document, IEnumerable<ApiTag> known)
    {
        var descriptions = known.Append(Health.Tag).ToDictionary(tag => tag.Name, tag => tag.Description);
        foreach (var tag in document.Tags ?? new HashSet<OpenApiTag>())
            tag.Description = descriptions.GetValueOrDefault(tag.Name ?? "");
    }

    /// <summary><c>/openapi.json</c>, without authorization.</summary>
    public static void MapApiDescription(this IEndpointRouteBuilder app)
    {
        var description = new ApiDescription(app.ServiceProvider.GetRequiredKeyedService<IOpenApiDocumentProvider>(DocumentName));
        app.MapGet("/openapi.json", description.Handle).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary><c>/docs</c>, without authorization.</summary>
    /// <param name="keepToken">Whether the page stores the access token in the browser, where scripts of this origin can read it.</param>
    public static void UseApiPage(this IApplicationBuilder app, bool keepToken) =>
        // In a branch: the page's middleware matches every request against regular expressions.
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments("/docs", StringComparison.Ordinal), docs => docs
        .UseStaticFiles(new StaticFileOptions
        {
            RequestPath = "/docs",
            FileProvider = new EmbeddedFileProvider(typeof(OpenApi).Assembly, "BigTech.BuildingBlocks.Web.Docs.Page"),
        })
        .UseSwaggerUI(options =>
        {
            options.RoutePrefix = "docs";
            options.DocumentTitle = "BigTech Chat API";
            // Relative, so that the page works under /api and behind any prefix of a proxy.
            options.InjectJavascript("live.js");
            options.InjectStylesheet("live.css");
            options.SwaggerEndpoint("../openapi.json", "BigTech Chat");
            if (keepToken) options.EnablePersistAuthorization();
        }));

    private static JsonNode Example(JsonTypeInfo type)
    {
        var value = type.Type.GetProperty(nameof(IHasExample.Example), BindingFlags.Public | BindingFlags.Static)!.GetValue(null);
        var example = JsonSerializer.SerializeToNode(value, type)!;
        foreach (var (name, _) in example.AsObject().Where(property => property.Value is null).ToList()) example.AsObject().Remove(name);
        return example;
    }

    /// <summary>The members that <see cref="ProblemMiddleware"/> adds to those of RFC 9457.</summary>
    private static void DescribeProblem(OpenApiSchema schema)
    {
        schema.Properties ??= new Dictionary<string, IOpenApiSchema>();
        schema.Properties["code"] = Member("What went wrong, for programs; it never changes.");
        schema.Properties["trace_id"] = Member("By this the server's log knows the request.");
        schema.Properties["field"] = Member("Of a 409: what is taken already.");
        schema.Properties["user_ids"] = new OpenApiSchema
        {
            Type = JsonSchemaType.Array,
            Description = "Of a 403 not_allowed_by_privacy: the users who do not let the caller do this.",
            Items = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64" },
        };
        schema.Properties["errors"] = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "Of a 422: what is wrong, by field.",
            AdditionalProperties =
                new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
        };

        static OpenApiSchema Member(string description) => new() { Type = JsonSchemaType.String, Description = description };
    }

    /// <summary>Describes an optional body without <c>null</c>, which does not help client generators.</summary>
    private static void ShowWithoutNull(IOpenApiRequestBody body)
    {
        foreach (var content in body.Content?.Values ?? [])
        {
            if (content.Schema?.OneOf?.FirstOrDefault(schema => schema is OpenApiSchemaReference) is { } shown) content.Schema = shown;
        }
    }
}
