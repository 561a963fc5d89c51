using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BigTech.Contracts.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.BuildingBlocks.Web.Http;

/// <summary>The JSON format on every port.</summary>
public static class HttpJson
{
    /// <summary><c>snake_case</c>, UTC times, and only the escapes that JSON requires (Korean stays readable and short).</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.DictionaryKeyPolicy = null;
        options.NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict;
        // A proxy or a filter in front may read the first of two, and the endpoint the last.
        options.AllowDuplicateProperties = false;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new UtcTimeConverter());
    }

    /// <summary>Adds a context's source-generated types before those of reflection.</summary>
    public static IServiceCollection AddJsonTypes(this IServiceCollection services, IJsonTypeInfoResolver types) =>
        services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, types));

    /// <summary>The product's JSON format, and bad requests as errors for <see cref="ProblemMiddleware"/>.</summary>
    public static IServiceCollection AddHttpJson(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options => Configure(options.SerializerOptions));
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        return services;
    }
}
