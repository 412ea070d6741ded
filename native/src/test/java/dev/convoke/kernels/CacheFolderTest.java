package dev.convoke.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheFolderTest {
    @TempDir
    Path folder;

    private UserPrincipal self() throws IOException {
        return Files.getOwner(folder);
    }

    private Path made(String name, String permissions) throws IOException {
        Path made = Files.createDirectories(folder.resolve(name));
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString(permissions));
        return made;
    }

    @Test
    void aFolderOfOnesOwnIsTrusted() throws IOException {
        assertEquals(Optional.empty(), CacheFolder.fault(made("own", "rwxrwxr-x"), self()));
        assertEquals(Optional.empty(), CacheFolder.fault());
    }

    @Test
    void aFolderThatAnybodyMayWriteToIsNotNorIsOneInsideIt() throws IOException {
        Path open = made("open", "rwxrwxrwx");
        assertTrue(CacheFolder.fault(open, self()).orElseThrow().contains("anybody may write"));
        assertTrue(CacheFolder.fault(made("open/cache", "rwx------"), self())
                .orElseThrow()
                .startsWith(open.toRealPath() + ":"));
    }

    @Test
    void aFolderOfAnotherUserIsNotTrustedNorIsOneInsideIt() throws IOException {
        Path others = made("others", "rwxr-xr-x");
        Path inside = made("others/cache", "rwx------");
        UserPrincipal self = self();
        try {
            Files.setAttribute(others, "unix:uid", 65534);
        } catch (IOException e) {
            Assumptions.abort("this user may give no folder away");
        }
        for (Path each : new Path[] {others, inside}) {
            String fault = CacheFolder.fault(each, self).orElseThrow();
            assertTrue(fault.contains("it belongs to the user"), fault);
        }
    }
}
