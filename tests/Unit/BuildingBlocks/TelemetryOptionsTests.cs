using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Web.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;

namespace BigTech.Tests.Unit.BuildingBlocks;

public sealed class TelemetryOptionsTests
{
    [Theory]
    [InlineData("Telemetry:OtlpEndpont", "http://collector:4317")]
    [InlineData("Telemetry:OtlpEndpoint", "collector")]
    [InlineData("Telemetry:OtlpEndpoint", "collector:4317")]
    [InlineData("Telemetry:AccessLog", "sometimes")]
    [InlineData("Telemetry:SampleRatio", "1.5")]
    public void A_wrong_name_or_address_is_an_error_that_names_the_setting(string name, string value)
    {
        var error = Should.Throw<SettingException>(() => Add((name, value)));
        error.Message.ShouldContain("Telemetry");
        error.Message.ShouldContain(name.Split(':')[1]);
    }

    [Theory]
    [InlineData("http://collector:4317", true)]
    [InlineData("https://collector.example.com", true)]
    [InlineData("", false)]
    public void Traces_are_made_when_there_is_a_collector_for_them(string collector, bool areMade) =>
        Add(("Telemetry:OtlpEndpoint", collector)).Any(service => service.ServiceType == typeof(TracerProvider)).ShouldBe(areMade);

    private static ServiceCollection Add((string Name, string Value) setting)
    {
        var config = new ConfigurationBuilder().AddInMemoryCollection([new(setting.Name, setting.Value)]).Build();
        var services = new ServiceCollection();
        services.AddLogging(logging => services.AddTelemetry(logging, config, "test"));
        return services;
    }
}
