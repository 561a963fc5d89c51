using BigTech.WebClient;
using BigTech.WebClient.Browser;
using BigTech.WebClient.State;
using Microsoft.AspNetCore.Components.WebAssembly.Hosting;

await BrowserScript.Load();
var builder = WebAssemblyHostBuilder.CreateDefault(args);
builder.RootComponents.Add<App>("#app");

var streams = new SharedStreams(new HttpClientHandler());
var site = new Uri(builder.HostEnvironment.BaseAddress);
builder.Services.AddSingleton<SessionStore>();
builder.Services.AddSingleton(new ChatClient(new HttpClient(new SharedRenewal(streams))
{
    BaseAddress = new Uri(site, "api/"),
}));
builder.Services.AddSingleton<Texts>();
builder.Services.AddSingleton<Account>();
builder.Services.AddSingleton<RoomList>();
builder.Services.AddSingleton<Contacts>();
builder.Services.AddSingleton<Alerts>();
builder.Services.AddSingleton<Outbox>();
builder.Services.AddSingleton<LiveUpdates>();
builder.Services.AddSingleton(provider => new Demo(site, provider.GetRequiredService<Account>(), provider.GetRequiredService<Texts>()));

var app = builder.Build();
app.Services.GetRequiredService<Texts>().Start();
streams.Start();
app.Services.GetRequiredService<LiveUpdates>().Start();
app.Services.GetRequiredService<Account>().Start();
await app.RunAsync();
